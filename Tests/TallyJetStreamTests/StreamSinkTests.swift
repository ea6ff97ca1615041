import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyJetStream

@Suite("A writer of a stream that fails")
struct StreamSinkTests {
  private let directory = TemporaryDirectory()

  private func log(_ service: ArrayService, _ name: String = "local") throws -> StreamLog {
    StreamLog(
      service, derived: "\(directory.path)/\(name)", address: try StreamAddress("nats://nowhere/shop"),
      patience: .milliseconds(200))
  }

  @Test("finds out by reading back what a lost answer meant: nothing is lost, nothing happens twice", arguments: 2..<12)
  func lostAnswers(number: Int) throws {
    for fault in [ArrayService.Fault.loseAnswer, .loseMessage] {
      let service = ArrayService { $0 == number || $0 == number + 1 ? fault : nil }
      let store = try log(service, "\(number)-\(fault)")
      try store.create()
      let log = try TallyLog(store)
      log.receive("tea", 100)
      for order in 0..<10 { #expect(log.reserve(Name("order-\(order)"), "tea", 1).isAccepted) }
      log.close()
      #expect(try proven(store).reservations == 10)
    }
  }

  @Test("calls the outcome unknown when no answer ever comes, and the next writer tells it")
  func silence() throws {
    let service = ArrayService { $0 > 3 ? .loseMessage : nil }
    let store = try log(service)
    try store.create()
    let log = try TallyLog(store)
    #expect(log.receive("tea", 100).isAccepted)
    guard case .failed(let failure) = log.reserve("order-1", "tea", 1) else { return #expect(Bool(false), "it sold") }
    #expect("\(failure)".contains("did not say whether it has message"), "\(failure)")
    log.close()
    #expect(try proven(store).reservations == 0)
  }

  @Test("stops where another's message stands, and says that the outcome is unknown")
  func overtaken() throws {
    let service = ArrayService { $0 == 4 ? .overtake([1, 2, 3]) : nil }
    let store = try log(service)
    try store.create()
    let log = try TallyLog(store)
    #expect(log.receive("tea", 100).isAccepted)
    guard case .failed(let failure) = log.reserve("order-1", "tea", 1) else { return #expect(Bool(false), "it sold") }
    #expect("\(failure)".contains("another writer has the log"), "\(failure)")
    log.close()
  }

  @Test("says that the servers have no room, and loses nothing")
  func full() throws {
    let service = ArrayService { $0 == 4 ? .full : nil }
    let store = try log(service)
    try store.create()
    let log = try TallyLog(store)
    #expect(log.receive("tea", 100).isAccepted)
    guard case .failed(let failure) = log.reserve("order-1", "tea", 1) else { return #expect(Bool(false), "it sold") }
    #expect("\(failure)".contains("insufficient storage"), "\(failure)")
    log.close()
    let again = try TallyLog(store)
    #expect(again.reserve("order-1", "tea", 1).isAccepted)
    again.close()
    #expect(try proven(store).reservations == 1)
  }

  @Test("makes no frame that is larger than the servers take")
  func frames() throws {
    let service = ArrayService(largestMessage: 100_000)
    let store = try log(service)
    try store.create()
    let log = try TallyLog(store)
    log.receive("tea", 1_000_000)
    // Incompressible: identifiers without order.
    var random = SplitMix64(seed: 7)
    let commands = (0..<20_000).map { _ in
      let id = String(random.next(), radix: 36) + String(random.next(), radix: 36)
      return Command(.reserve(id: Name(id), [Line(sku: "tea", 1)]))
    }
    let outcomes = log.append(commands)
    #expect(outcomes.allSatisfy { $0.isAccepted })
    log.close()
    #expect(service.messages.allSatisfy { ($0?.count ?? 0) <= 100_000 })
    #expect(try proven(store).reservations == 20_000)
  }
}
