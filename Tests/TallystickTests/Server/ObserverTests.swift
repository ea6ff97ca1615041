import Synchronization
import Testing

@testable import Tallystick

/// Writes down what it is told.
final class RecordingObserver: LogObserver {
  struct Record {
    var frames: [CommittedFrame] = []
    var counts: [AnswerCounts] = []
    var snapshots: [MadeSnapshot] = []
    var merges: [MadeMerge] = []
    var warnings: [String] = []
    var failures: [LogFailure] = []
  }
  private let record = Mutex(Record())
  var told: Record { record.withLock { $0 } }

  func frameCommitted(_ frame: CommittedFrame) { record.withLock { $0.frames.append(frame) } }
  func commandsAnswered(_ counts: AnswerCounts) { record.withLock { $0.counts.append(counts) } }
  func snapshotMade(_ snapshot: MadeSnapshot) { record.withLock { $0.snapshots.append(snapshot) } }
  func indexMerged(_ merge: MadeMerge) { record.withLock { $0.merges.append(merge) } }
  func warned(_ message: String) { record.withLock { $0.warnings.append(message) } }
  func failed(_ failure: LogFailure) { record.withLock { $0.failures.append(failure) } }
}

@Suite("The observer")
struct ObserverTests {
  @Test("is told of frames and answers, once a frame, with rejections by reason")
  func frames() throws {
    let test = try TestLog()
    let observer = RecordingObserver()
    let log = try test.open { $0.observer = observer }
    _ = log.append([
      Command(.receive([Line(sku: "tea", 2)]), key: "po-1"), Command(.receive([Line(sku: "tea", 2)]), key: "po-1"),
      Command(.reserve(id: "order-1", [Line(sku: "tea", 3)])), Command(.commit(id: "order-2")),
      Command(.reserve(id: "order-1", [Line(sku: "tea", 1)])), Command(.commit(id: "")),
    ])
    var rows = CommandRows()
    for number in 0..<5 { rows.reserve(id: "row-\(number)", item: ItemNumber(0), quantity: 1) }
    _ = log.append(rows)
    log.close()
    let told = observer.told
    #expect(told.frames.map(\.lastSequence) == [3, 4] && told.frames.map(\.events) == [3, 1])
    #expect(told.frames.allSatisfy { $0.bytes > 0 && $0.duration > .zero })
    var first = AnswerCounts()
    (first.accepted, first.repeated, first.invalid) = (2, 1, 1)
    first.rejected = [.insufficient: 1, .unknownReservation: 1]
    var second = AnswerCounts()
    (second.accepted, second.rejected) = (1, [.insufficient: 4])
    #expect(told.counts == [first, second] && told.failures.isEmpty && told.warnings.isEmpty)
  }

  @Test("is told of snapshots and merges")
  func upkeep() throws {
    let test = try TestLog(snapshotEvery: 200)
    let observer = RecordingObserver()
    for round in 0..<6 {
      let log = try test.open { $0.observer = observer }
      log.receive("tea", 1_000)
      _ = log.append((0..<300).map { Command(.reserve(id: Name("\(round)-\($0)"), [Line(sku: "tea", 1)])) })
      _ = log.append((0..<300).map { Command(.commit(id: Name("\(round)-\($0)"))) })
      log.close()
    }
    let told = observer.told
    #expect(!told.snapshots.isEmpty && told.snapshots.allSatisfy { $0.bytes > 0 && $0.sequence > 0 })
    #expect(told.merges.allSatisfy { $0.firstSequence < $0.lastSequence })
  }

  @Test("is told of warnings and, once, of the failure that ends the writing")
  func failure() throws {
    let test = try TestLog()
    let files = GatedFiles()
    let observer = RecordingObserver()
    try test.write { log in _ = log.receive("tea", 1) }
    try overwrite(try test.lastSegment, [1, 2, 3], at: Int(try LogReader(test.path).info().segments[0].usedBytes))
    let log = try test.open {
      $0.observer = observer
      $0.files = files
    }
    files.gate.open(failingWith: 5)
    for _ in 0..<3 { log.receive("tea", 1) }
    log.close()
    #expect(observer.told.failures.count == 1 && observer.told.counts.map(\.failed) == [1, 1, 1])
    #expect(observer.told.warnings.contains { $0.contains("torn") || $0.contains("cut") })
  }
}
