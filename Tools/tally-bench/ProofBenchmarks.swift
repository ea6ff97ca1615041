import TallyAudit
import TallyProof
import TallyThreads
import Tallystick

/// What signing a checkpoint every second costs the writer: bulk loads with and without it, in turns.
struct SignedAppend {
  private static let rounds = 3

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let signer = try NoteSigner.generate(name: "bench.example/log")
    var (alone, signed) = ([Double](), [Double]())
    var checkpoints = 0
    for round in 0..<SignedAppend.rounds {
      for signs in [round % 2 == 0, round % 2 != 0] {
        let shop = try Shop(run.workspace.fresh("checkpoint-\(round)-\(signs)"), skus: 100_000)
        let follower = signs ? Follower(shop.path, signer) : nil
        let seconds = try shop.sell(count, ids: .sequential, batch: 8192)
        checkpoints += follower?.end() ?? 0
        shop.log.close()
        if signs { signed.append(seconds) } else { alone.append(seconds) }
        Workspace.remove(shop.path)
      }
    }
    let (without, with) = (median(alone), median(signed))
    return Figure(
      value: Double(count) / with, unit: "reservations/s", reference: "the same without checkpoints, in turns",
      ratio: without / with,
      detail: [
        ("reservations", "\(count)"), ("without reservations/s", number(Double(count) / without)),
        ("cost %", number((with / without - 1) * 100)), ("checkpoints a run", "\(checkpoints / SignedAppend.rounds)"),
        ("every", "1 s"), ("median of", "\(SignedAppend.rounds)"),
      ])
  }

  /// Grows the tree and signs it, once a second, as a server does.
  private final class Follower: Sendable {
    private let state = Monitor((isEnding: false, count: 0, isRunning: true))

    init(_ path: String, _ signer: NoteSigner) {
      let isStarted = DedicatedThread.start(niceness: 10) { [state] in
        while state.access({ !$0.isEnding }) {
          if let log = try? SignedLog(LogDirectory(path)), (try? log.grow()) != nil, (try? log.sign(signer)) != nil {
            state.access { $0.count += 1 }
          }
          let _: Bool? = state.wait(timeout: 1_000) { $0.isEnding ? true : nil }
        }
        state.signal { $0.isRunning = false }
      }
      if !isStarted { state.access { $0.isRunning = false } }
    }

    /// How many were signed.
    func end() -> Int {
      state.signal { $0.isEnding = true }
      return state.wait { $0.isRunning ? nil : $0.count } ?? 0
    }
  }
}

/// The proof of one reservation: made beside a log, as `tally prove` makes it, and checked without it.
struct Proving {
  private static let proofs = 200
  /// Orders up to which the tree over events is measured, too: it decodes and hashes each of them, some 3 µs an event.
  private static let mostWithEvents = 20_000_000

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let path = run.workspace.fresh("proof")
    let shop = try Shop(path, skus: 100_000)
    // As a busy shop's frames are: some dozens of orders share a sync.
    _ = try shop.sell(count, ids: .sequential, batch: 64)
    shop.log.close()
    let signer = try NoteSigner.generate(name: "bench.example/log")
    let start = seconds()
    let (note, frames) = try sign(path, signer, keepsEvents: false)
    let grown = seconds() - start
    let whole = try Times(path, count, signer, note) { id, sequence, reader, log in
      try ReservationProof(
        id: id, sequence: sequence, names: { try reader.itemNames(of: $0).map { ($0.sku, $0.location) } },
        checkpoint: note, tree: log.tree, source: reader.source
      ).encoded
    }
    var detail = [
      ("reservations", "\(count)"), ("frames", "\(frames)"), ("slowest made ms", number(whole.slowest)),
      ("checked ms", number(median(whole.checked))), ("bytes", "\(whole.bytes / Proving.proofs)"),
      ("tree grown from nothing s", number(grown)), ("orders a frame, at most", "64"),
    ]
    if count <= Proving.mostWithEvents {
      let (note, _) = try sign(path, signer, keepsEvents: true)
      let event = try Times(path, count, signer, note) { _, sequence, reader, log in
        try EventProof(of: sequence, checkpoint: note, tree: log.tree, source: reader.source).encoded
      }
      detail += [
        ("event alone, made ms", number(median(event.made))), ("event alone, slowest made ms", number(event.slowest)),
        ("event alone, checked ms", number(median(event.checked))),
        ("event alone, bytes", "\(event.bytes / Proving.proofs)"),
      ]
    }
    return Figure(
      value: median(whole.made), unit: "ms", detail: detail + [("median of", "\(Proving.proofs)")])
  }

  /// Of as many proofs, in milliseconds. Log, index and tree are opened anew for each, as a command does.
  private struct Times {
    var made: [Double] = []
    var checked: [Double] = []
    var bytes = 0
    var slowest: Double { made.max() ?? 0 }

    init(
      _ path: String, _ count: Int, _ signer: NoteSigner, _ note: SignedNote,
      _ make: (Name, UInt64, LogReader, SignedLog) throws -> [UInt8]
    ) throws {
      var numbers = Numbers(seed: 42)
      for _ in 0..<Proving.proofs {
        let order = Name("order-\(1_000_000_001 + Int(numbers.next() % UInt64(count)))")
        var start = seconds()
        let reader = try LogReader(path)
        guard let sequence = try reader.sequence(ofReservation: order) else {
          throw BenchmarkError("\(order) is not in the log")
        }
        let file = try make(order, sequence, reader, try SignedLog(reading: LogDirectory(path)))
        made.append((seconds() - start) * 1_000)
        bytes += file.count
        start = seconds()
        switch try ProofFile(parsing: file) {
        case .reservation(let proof): _ = try proof.check(signer.verifier)
        case .event(let proof): _ = try proof.check(signer.verifier)
        default: throw BenchmarkError("no proof of a reservation")
        }
        checked.append((seconds() - start) * 1_000)
      }
    }
  }

  /// The tree is let go of.
  private func sign(
    _ path: String, _ signer: NoteSigner, keepsEvents: Bool
  ) throws -> (SignedNote, frames: UInt64) {
    let log = try SignedLog(LogDirectory(path))
    if keepsEvents { try log.tree.keepEvents() }
    try log.grow()
    return (try log.sign(signer), log.tree.size)
  }
}
