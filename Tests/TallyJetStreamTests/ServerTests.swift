import Glibc
import Synchronization
import TallyAudit
import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyJetStream

/// On real servers, started here.
@Suite(
  "A log in a stream of NATS JetStream", .serialized,
  .enabled(if: NATSServer.isInstalled, "nats-server is not installed: Tools/setup-clients brings it"))
struct ServerTests {
  private let directory = TemporaryDirectory()

  private func log(_ servers: NATSServer, local: String = "local", replicas: Int? = nil) throws -> StreamLog {
    try StreamLog(try servers.address("shop", local: "\(directory.path)/\(local)", replicas: replicas))
  }

  @Test("is made once, written, closed, opened again, read and proven, with snapshots or without", arguments: [0, 50])
  func life(snapshotEvery: Int) throws {
    let servers = try #require(NATSServer(nodes: 1))
    let store = try log(servers)
    try NATSServer.eventually { try store.create(LogSettings(snapshotEvery: snapshotEvery)) }
    #expect(throws: LogError.self) { try store.create() }
    for round in 0..<3 {
      // Each as a new process would: over a connection of its own.
      let log = try TallyLog(try self.log(servers))
      if round == 0 { log.receive("tea", 1_000) }
      for order in 0..<60 { #expect(log.reserve(Name("order-\(round)-\(order)"), "tea", 1).isAccepted) }
      for before in 0...round {
        guard case .repeated = log.reserve(Name("order-\(before)-0"), "tea", 1) else {
          Issue.record("round \(round): an order of round \(before) is not known")
          continue
        }
      }
      log.close()
    }
    let report = try proven(try log(servers))
    let info = try LogReader(try log(servers)).info()
    #expect(report.reservations == 180 && report.lastSequence == 182)
    #expect(info.head == report.head && info.stateDigest == report.stateDigest)
    #expect(info.snapshots.isEmpty == (snapshotEvery == 0))
    // Another machine: nothing derived, no floor.
    #expect(try proven(try log(servers, local: "elsewhere")).head == report.head)
    let copy = directory.path + "/copy"
    _ = try Backup.copy(try log(servers), to: copy)
    #expect(try Auditor(LogDirectory(copy)).run().head == report.head)
  }

  @Test("deposes a writer when another claims it: what the old one is asked fails, and the new one sells on")
  func deposed() throws {
    let servers = try #require(NATSServer(nodes: 1))
    let old = try TallyLog(try servers.made(try log(servers)))
    #expect(old.receive("tea", 2).isAccepted)
    let new = try TallyLog(try log(servers, local: "second"))
    guard case .failed(let failure) = old.reserve("b", "tea", 1) else { return #expect(Bool(false), "it sold") }
    #expect("\(failure)".contains("another writer has the log"), "\(failure)")
    #expect(new.reserve("a", "tea", 2).isAccepted)
    old.close()
    new.close()
    #expect(try proven(try log(servers)).reservations == 1)
  }

  @Test("takes two writers of one machine one after the other")
  func locked() throws {
    let servers = try #require(NATSServer(nodes: 1))
    let first = try TallyLog(try servers.made(try log(servers)))
    var options = LogOptions()
    options.lockWait = .zero
    let store = try log(servers)
    let error = #expect(throws: TallyError.self) { try TallyLog(store, options: options) }
    guard case .inUse? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    first.close()
    try TallyLog(store, options: options).close()
  }

  @Test("outlives the server's kill -9: the writer waits, and nothing that it acknowledged is lost or doubled")
  func killedServer() throws {
    let servers = try #require(NATSServer(nodes: 1))
    let log = try TallyLog(try servers.made(try log(servers)))
    try sell(log, orders: 300) { order in
      guard order == 100 || order == 200 else { return }
      servers.kill(0)
      servers.start(0)
    }
    #expect(try proven(try self.log(servers)).reservations == 300)
  }

  @Test("outlives the kill -9 of its stream's leader under load: nothing acknowledged is lost, nothing doubled")
  func killedLeader() throws {
    let servers = try #require(NATSServer(nodes: 3))
    let log = try TallyLog(try servers.made(try log(servers)))
    try sell(log, orders: 600) { order in
      guard order == 150 || order == 400 else { return }
      let leader = try servers.leader(of: "shop")
      servers.kill(leader)
      if order == 150 { servers.start(leader) }
    }
    #expect(try proven(try self.log(servers)).reservations == 600)
  }

  /// Sells orders on four threads, each one item, and expects each to be accepted just once.
  private func sell(_ log: TallyLog, orders: Int, _ disturb: @escaping (Int) throws -> Void) throws {
    #expect(log.receive("tea", Int64(orders)).isAccepted)
    let next = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let sellers = (0..<4).map { _ in
      let thread = Seller {
        while true {
          let order = next.add(1, ordering: .relaxed).oldValue
          if order >= orders { return }
          let outcome = log.reserve(Name("order-\(order)"), "tea", 1)
          if outcome.isAccepted { accepted.add(1, ordering: .relaxed) } else { Issue.record("\(order): \(outcome)") }
        }
      }
      return thread
    }
    var done = Set<Int>()
    while next.load(ordering: .relaxed) < orders {
      let order = next.load(ordering: .relaxed)
      for mark in stride(from: 50, through: order, by: 50) where done.insert(mark).inserted { try disturb(mark) }
      usleep(1_000)
    }
    for seller in sellers { seller.join() }
    #expect(accepted.load(ordering: .relaxed) == orders)
    log.close()
  }

  @Test("that somebody shortened, purged, or deleted and made again is not taken for whole", arguments: 0..<4)
  func tampered(how: Int) throws {
    let servers = try #require(NATSServer(nodes: 1))
    let store = try servers.made(try log(servers))
    let log = try TallyLog(store)
    log.receive("tea", 100)
    for order in 0..<10 { log.reserve(Name("order-\(order)"), "tea", 1) }
    log.close()
    let stream = #""name":"shop","subjects":["tally.log.shop"],"storage":"file""#
    let answer: String
    switch how {
    // What the stream forbids is refused.
    case 0:
      answer = try servers.ask("STREAM.PURGE.shop", "", of: "shop")
      #expect(answer.contains("purge not permitted"), "\(answer)")
      let deleted = try servers.ask("STREAM.MSG.DELETE.shop", #"{"seq":4}"#, of: "shop")
      #expect(deleted.contains("delete not permitted"), "\(deleted)")
      _ = try proven(store)
      return
    case 1:
      answer = try servers.ask(
        "STREAM.UPDATE.shop",
        "{\(stream),\"deny_delete\":true,\"deny_purge\":true,\"max_msgs\":5,\"discard\":\"old\"}", of: "shop")
    case 2:
      _ = try servers.ask("STREAM.DELETE.shop", "", of: "shop")
      answer = try servers.ask("STREAM.CREATE.shop", "{\(stream)}", of: "shop")
    default:
      answer = try servers.ask("STREAM.DELETE.shop", "", of: "shop")
      try self.log(servers, local: "elsewhere").create()
    }
    #expect(!answer.contains("\"error\""), "\(answer)")
    #expect(throws: TallyError.self) { try TallyLog(try self.log(servers)) }
    let verdict = Result { try Auditor(try self.log(servers)).run().verdict }
    #expect((try? verdict.get()) != .proven, "\(verdict)")
  }

  @Test("says what is wrong: nobody listens, no JetStream, no such stream, too few servers, a name that is taken")
  func mistakes() throws {
    func complaint(_ address: StreamAddress, _ body: (StreamLog) throws -> Void) throws -> String {
      let store = try StreamLog(address)
      do { try body(store) } catch { return "\(error)" }
      return "nothing"
    }
    let nowhere = try StreamAddress("nats://127.0.0.1:1/shop?local=/nowhere")
    #expect(try complaint(nowhere) { _ = try $0.source() }.contains("cannot connect"))
    let servers = try #require(NATSServer(nodes: 1))
    let missing = try servers.address("missing", local: "/nowhere")
    let words = try NATSServer.eventually {
      let words = try complaint(missing) { _ = try $0.source() }
      if !words.contains("no such stream") { throw StreamFault(.passing, words) }
      return words
    }
    #expect(words.contains("tally init"))
    let wide = try complaint(try servers.address("wide", local: "/nowhere", replicas: 3)) { try $0.create() }
    #expect(wide.contains("3 replicas") && wide.contains("replicas=1"), "\(wide)")
    _ = try servers.ask("STREAM.CREATE.taken", #"{"name":"taken","subjects":["orders"]}"#, of: "taken")
    let taken = try complaint(try servers.address("taken", local: "/nowhere")) { try $0.create() }
    #expect(taken.contains("take another name"), "\(taken)")
  }
}

/// A thread of a test's.
private final class Seller: @unchecked Sendable {
  private let body: () -> Void
  private var thread = pthread_t()

  init(_ body: @escaping () -> Void) {
    self.body = body
    let pointer = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Seller>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, pointer)
  }

  func join() { pthread_join(thread, nil) }
}
