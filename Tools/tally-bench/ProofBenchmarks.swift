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

/// The proof of one reservation: made beside a log, and checked without it.
struct Proving {
  private static let proofs = 200

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let path = run.workspace.fresh("proof")
    let shop = try Shop(path, skus: 100_000)
    // As a busy shop's frames are: some dozens of orders share a sync.
    _ = try shop.sell(count, ids: .sequential, batch: 64)
    shop.log.close()
    let signer = try NoteSigner.generate(name: "bench.example/log")
    var start = seconds()
    let (note, frames) = try sign(path, signer)
    let grown = seconds() - start
    let reader = try LogReader(path)
    var numbers = Numbers(seed: 42)
    var (made, checked, bytes) = ([Double](), [Double](), 0)
    for _ in 0..<Proving.proofs {
      let order = Name("order-\(1_000_000_001 + Int(numbers.next() % UInt64(count)))")
      start = seconds()
      guard let sequence = try reader.sequence(ofReservation: order) else {
        throw BenchmarkError("\(order) is not in the log")
      }
      let fresh = try SignedLog(LogDirectory(path))
      let proof = try ReservationProof(
        id: order, sequence: sequence,
        names: { try reader.itemNames(of: $0).map { ($0.sku, $0.location) } }, checkpoint: note, tree: fresh.tree,
        source: fresh.source)
      let file = proof.encoded
      made.append(seconds() - start)
      bytes += file.count
      start = seconds()
      guard case .reservation(let read) = try ProofFile(parsing: file) else { throw BenchmarkError("no proof") }
      _ = try read.check(signer.verifier)
      checked.append(seconds() - start)
    }
    return Figure(
      value: median(made) * 1_000, unit: "ms",
      detail: [
        ("reservations", "\(count)"), ("frames", "\(frames)"),
        ("slowest made ms", number((made.max() ?? 0) * 1_000)),
        ("checked ms", number(median(checked) * 1_000)), ("bytes", "\(bytes / Proving.proofs)"),
        ("tree grown from nothing s", number(grown)), ("orders a frame, at most", "64"),
        ("median of", "\(Proving.proofs)"),
      ])
  }
}

extension Proving {
  /// The tree is let go of.
  private func sign(_ path: String, _ signer: NoteSigner) throws -> (SignedNote, frames: UInt64) {
    let log = try SignedLog(LogDirectory(path))
    try log.grow()
    return (try log.sign(signer), log.tree.size)
  }
}
