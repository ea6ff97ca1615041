import TallyAudit
import TallyFormat
import TallyTestSupport
import Testing

@Suite("A store written outside the package")
struct OutsideStoreTests {
  private let directory = TemporaryDirectory()
  private let store: OutsideStore

  init() throws {
    let log = try #require(LogID(bytes: [UInt8](1...16)))
    store = OutsideStore(log, directory: directory.path)
    var first = EventColumns(firstSequence: 1)
    first.appendRegistration(sku: "tea", location: .main, time: 1_000, more: true)
    first.appendReceipt(LineEntry(item: ItemNumber(0), quantity: 5), time: 1_000)
    var second = EventColumns(firstSequence: 3)
    Array("order-1".utf8).withUnsafeBufferPointer {
      second.appendReservation(id: $0, line: LineEntry(item: ItemNumber(0), quantity: 3), timeToLive: 0, time: 2_000)
    }
    store.append([first, second])
  }

  @Test("is read frame by frame and event by event")
  func reading() throws {
    let reader = try store.source().frames(from: .beginning, showsUnsynced: false)
    let decompressor = LZ4Decompressor()
    var kinds = [EventKind]()
    while case .frame(let frame, _) = try reader.next() {
      let columns = try decompressor.columns(of: frame)
      var cursor = EventColumns.Cursor()
      while let row = columns.next(&cursor) { kinds.append(row.kind) }
    }
    #expect(kinds == [.itemRegistered, .received, .reserved])
    #expect(reader.head.lastSequence == 3)
  }

  @Test("is judged by the auditor as any other")
  func auditing() throws {
    let report = try Auditor(store).run()
    #expect(report.verdict == .proven, "\(report.violations)")
    #expect(report.minAvailable == 2)
    store.flip(70, of: 1)
    #expect(try Auditor(store).run().verdict == .damaged)
  }
}
