import Glibc
import Testing

@testable import Tallystick

@Suite("Failures of an open log")
struct FailureTests {
  private let order = Command(.receive([Line(sku: "tea", 1)]), key: "po-1")

  @Test("say whether the disk is full or broken, and name the file", arguments: [ENOSPC, EDQUOT, EIO])
  func disk(code: Int32) throws {
    let test = try TestLog()
    let files = GatedFiles()
    let log = try test.open { $0.files = files }
    defer { log.close() }
    files.gate.open(failingWith: code)
    guard case .failed(let failure) = log.append(order) else { return #expect(Bool(false)) }
    switch failure {
    case .diskFull(let error): #expect(code != EIO && error.code == code)
    case .disk(let error): #expect(code == EIO && error.code == code)
    default: Issue.record("\(failure)")
    }
    #expect(failure.description.contains(test.path) && !failure.advice.isEmpty && !failure.isOutcomeKnown)
    // What comes later is told the first cause, too.
    #expect(log.append(order) == .failed(failure))
  }

  @Test("say that another writer has the log")
  func deposed() throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    try LocalFileSystem().remove(LogDirectory(test.path).lock)
    guard case .failed(.deposed(let reason)) = log.append(order) else { return #expect(Bool(false)) }
    #expect(reason.contains("writer.lock"))
  }

  @Test("are thrown by questions: nil never stands for them", .timeLimit(.minutes(60)))
  func questions() async throws {
    let test = try TestLog()
    let files = GatedFiles()
    let log = try test.open { $0.files = files }
    log.receive("tea", 2)
    files.gate.shut()
    let pending = log.enqueue([Command(.receive([Line(sku: "tea", 3)]))])
    files.gate.waitUntilReached()
    // It would show what never became durable.
    async let level = log.stock([tea])
    async let report = log.stock()
    files.gate.open(failingWith: EIO)
    #expect(pending.wait().allSatisfy { if case .failed(.disk) = $0 { true } else { false } })
    do {
      _ = try await (level, report)
      Issue.record("stock was shown that is not durable")
    } catch let failure as LogFailure {
      if case .disk = failure {} else { Issue.record("\(failure)") }
    }
    log.close()
    await #expect(throws: LogFailure.closed) { try await log.stock([tea]) }
    await #expect(throws: LogFailure.closed) { try await log.stock() }
    await #expect(throws: LogFailure.closed) { try await log.reservation("order-1") }
    #expect(throws: LogFailure.closed) { try log.number(of: tea) }
    #expect(log.append(order) == .failed(.closed) && LogFailure.closed.isOutcomeKnown)
  }

  @Test("a log that is dropped lets go of its lock and threads; what was handed over is answered")
  func dropped() throws {
    let test = try TestLog()
    var log: TallyLog? = try test.open()
    let pending = log?.enqueue([order])
    weak let dropped = log
    log = nil
    #expect(dropped == nil)
    #expect(pending?.wait().first?.sequence == 2)
    let again = try test.open(lockWait: .seconds(60))
    #expect(again.append(order).repeatedSequence == 2)
    again.close()
    #expect(try test.audit().verdict == .proven)
  }
}
