import TallyThreads
import Testing

@testable import Tallystick

@Suite("Admission")
struct AdmissionTests {
  private func receive(_ number: Int) -> Command {
    Command(.receive([Line(sku: "tea", 1)], reference: Name("po-\(number)")), key: Name("po-\(number)"))
  }

  @Test(
    "a full queue answers busy at once, to every way in, and what was refused leaves nothing behind",
    .timeLimit(.minutes(60)))
  func full() async throws {
    let test = try TestLog()
    let files = GatedFiles()
    let log = try test.open {
      $0.files = files
      $0.maxQueuedCommands = 3
    }
    defer { log.close() }
    #expect(log.queueDelay == .zero)
    files.gate.shut()
    // Judged, and on its way to the disk: it waits no more.
    let first = log.enqueue([receive(1)])
    files.gate.waitUntilReached()
    let second = log.enqueue([receive(2)])
    let third = log.enqueue([receive(3), receive(4)])
    #expect(log.queueDelay > .zero)
    let refused: [Outcome] = [
      log.append(receive(5)), log.enqueue([receive(5)]).wait()[0], await log.submit(receive(5)),
      await log.submit([receive(5)])[0],
    ]
    for outcome in refused {
      guard case .busy(let busy) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(busy.queuedCommands == 3 && busy.queueDelay > .zero && busy.retryAfterMilliseconds >= 1)
    }
    var rows = CommandRows()
    rows.reserve(id: "order-1", item: ItemNumber(0), quantity: 1)
    let outcomes = log.append(rows)
    #expect(outcomes.count == 1 && outcomes[0].status == .busy && outcomes.busy?.queuedCommands == 3)
    await #expect { try await log.stock([tea]) } throws: { error in
      if case .busy? = error as? LogFailure { true } else { false }
    }
    files.gate.open()
    let answers = first.wait() + second.wait() + third.wait()
    #expect(answers.map(\.sequence) == [2, 3, 4, 5])
    #expect(log.append(receive(5)).sequence == 6)
  }

  @Test("a queue is bounded by bytes, too; what is larger than the whole queue is taken when nothing else waits")
  func bytes() throws {
    let test = try TestLog()
    let files = GatedFiles()
    let log = try test.open {
      $0.files = files
      $0.maxQueuedBytes = 10_000
    }
    defer { log.close() }
    files.gate.shut()
    let first = log.enqueue([receive(0)])
    files.gate.waitUntilReached()
    let large = log.enqueue((1...1_000).map(receive))
    guard case .busy(let busy) = log.append(receive(1_001)) else { return #expect(Bool(false)) }
    #expect(busy.queuedCommands == 1_000 && busy.queuedBytes > 10_000)
    files.gate.open()
    #expect(first.wait()[0].isAccepted && large.wait().allSatisfy(\.isAccepted))
  }

  @Test("what is counted of a command grows with what it holds")
  func loads() throws {
    let id = Name("order-1")
    let one = QueueLoad(Command(.reserve(id: id, [Line(sku: "tea", 1)])))
    let many = QueueLoad(Command(.reserve(id: id, (0..<100).map { Line(sku: Name("sku-\($0)"), 1) })))
    let batch = QueueLoad(Command(.batch((0..<100).map { .commit(id: Name("order-\($0)")) })))
    #expect(one.commands == 1 && one.bytes > MemoryLayout<Command>.stride)
    #expect(
      many.bytes > one.bytes + 99 * MemoryLayout<Line>.stride
        && batch.bytes > 100 * MemoryLayout<Tallystick.Operation>.stride)
    let commands = (0..<10).map(receive)
    let together = QueueLoad(commands, NamedRows(commands, SipHash(log: .random())))
    #expect(together.commands == 10 && together.bytes > 10 * MemoryLayout<Command>.stride)
  }

  @Test("commands that are submitted together are answered in order and share a frame")
  func together() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    let outcomes = await log.submit([
      receive(1), Command(.reserve(id: "order-1", [Line(sku: "tea", 1)])),
      Command(.reserve(id: "order-2", [Line(sku: "tea", 1)])), receive(1),
    ])
    #expect(outcomes.map(\.sequence) == [2, 3, nil, nil])
    #expect(outcomes[2].reason == .insufficient && outcomes[3].repeatedSequence == 2)
    #expect(await log.submit([Command]()).isEmpty)
  }

  @Test("a task that is cancelled before it hands a command over is told so, and nothing happens")
  func cancelledBefore() async throws {
    let test = try TestLog()
    let log = try test.open()
    defer { log.close() }
    let commands = [receive(1), receive(2)]
    let outcomes = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return [await log.submit(commands[0])] + (await log.submit(commands))
    }.value
    #expect(outcomes == [Outcome](repeating: .failed(.cancelled), count: 3))
    #expect(log.lastSequence == 0 && LogFailure.cancelled.isOutcomeKnown)
  }

  @Test("a task that is cancelled later gets its answer all the same; a repeat tells, too", .timeLimit(.minutes(60)))
  func cancelledLater() async throws {
    let test = try TestLog()
    let files = GatedFiles()
    let log = try test.open { $0.files = files }
    defer { log.close() }
    files.gate.shut()
    let command = receive(1)
    let task = Task { await log.submit(command) }
    await reached(files.gate)
    task.cancel()
    files.gate.open()
    #expect(await task.value.sequence == 2)
    #expect(await log.submit(command).repeatedSequence == 2)
  }

  /// Without blocking a thread that tasks share.
  private func reached(_ gate: Gate) async {
    await withUnsafeContinuation { continuation in
      _ = DedicatedThread.start {
        gate.waitUntilReached()
        continuation.resume()
      }
    }
  }
}
