import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit
@testable import Tallystick

@Suite("Nights of a log in which somebody does what must not be done")
struct RandomNightsTests {
  private let directory = TemporaryDirectory()

  /// A log whose reservations of one unit each are known.
  private struct Shop {
    let log: ForgedLog
    var random: SplitMix64
    var names: [Name] = []
    var open: [UInt64] = []
    var sold: [UInt64] = []
    var letGo: [UInt64] = []
    var takenBack: [UInt64] = []

    mutating func reserve(_ name: Name) {
      open.append(log.events.nextSequence)
      log.reserve(name, [(0, 1)])
    }

    mutating func doRight() {
      switch random.number(0...9) {
      case 0...4:
        names.append(Name("order-\(names.count)"))
        reserve(names[names.count - 1])
      case 5, 6:
        guard !open.isEmpty else { return }
        sold.append(open.remove(at: random.number(0...(open.count - 1))))
        log.settle(.committed, sold[sold.count - 1])
      case 7:
        guard !open.isEmpty else { return }
        letGo.append(open.remove(at: random.number(0...(open.count - 1))))
        log.settle(.released, letGo[letGo.count - 1])
      case 8:
        guard !letGo.isEmpty else { return }
        open.append(letGo.remove(at: random.number(0...(letGo.count - 1))))
        log.reopen(open[open.count - 1], [(0, 1)])
      default:
        guard !sold.isEmpty else { return }
        takenBack.append(sold.remove(at: random.number(0...(sold.count - 1))))
        log.takeBack(takenBack[takenBack.count - 1], [(0, 1)])
      }
    }

    mutating func doWrong() {
      switch random.number(0...4) {
      case 0 where !names.isEmpty: reserve(random.pick(names))
      case 1 where !sold.isEmpty: log.settle(.released, random.pick(sold))
      case 2 where !sold.isEmpty: log.reopen(random.pick(sold), [(0, 1)])
      case 3 where !letGo.isEmpty: log.takeBack(random.pick(letGo), [(0, 1)])
      case 4 where !takenBack.isEmpty: log.takeBack(random.pick(takenBack), [(0, 1)])
      default: log.settle(.committed, 2)
      }
    }
  }

  @Test("comes each night to what a whole audit comes to", arguments: Seeds.few(6))
  func nights(seed: UInt64) throws {
    let comment = Comment(rawValue: Seeds.replay(seed, of: "RandomNightsTests"))
    let memory = directory.path + "/memory"
    let signer = seed % 2 == 0 ? try NoteSigner.generate(name: "auditor") : nil
    var shop = Shop(log: try ForgedLog(), random: SplitMix64(seed: seed))
    shop.log.stock()
    shop.log.receive([(0, 1_000_000)])
    try shop.log.frame()
    let wrongFrom = shop.random.number(6...10)
    var remembered: UInt64?
    for night in 0..<12 {
      for _ in 0..<shop.random.number(0...[900, 40][night % 2]) { shop.doRight() }
      if night >= wrongFrom { for _ in 0..<shop.random.number(1...3) { shop.doWrong() } }
      if shop.log.events.count > 0 { try shop.log.frame() }
      var options = AuditOptions()
      options.jobs = 1 + night % 2
      let whole = try Auditor(LogDirectory(shop.log.path), options: options).run()
      options.memory = try AuditMemory(memory, signer: signer)
      options.memory?.checksWhole = night % 3 == 2
      let report = try Auditor(LogDirectory(shop.log.path), options: options).run()
      #expect(report.rememberedSequence == remembered, comment)
      #expect(report.verdict == whole.verdict && (whole.verdict == .proven) == (night < wrongFrom), comment)
      #expect(report.violations == whole.violations && report.violationCount == whole.violationCount, comment)
      #expect(report.stateDigest == whole.stateDigest && report.head == whole.head, comment)
      #expect(report.events == whole.events && report.reservations == whole.reservations, comment)
      if whole.verdict == .proven { remembered = whole.lastSequence }
    }
  }
}
