import Glibc
import TallyTestSupport

/// Which call of a writer's life goes wrong, and how.
enum FaultPlan: Sendable {
  case none
  /// The power fails at this call.
  case powerLoss(at: Int)
  /// One call fails; those after it succeed, as on Linux.
  case failure(at: Int)
  /// From this call on every change fails, with ENOSPC.
  case full(from: Int)
  /// The file that is read at this call, or next, cannot be read any more.
  case unreadable(from: Int)
  /// One in this many calls takes seconds.
  case slow(oneIn: Int)

  static func random(_ random: inout SplitMix64) -> FaultPlan {
    let call = random.number(0...random.pick([30, 120, 400]))
    switch random.number(0...10) {
    case 0...2: return .none
    case 3...5: return .powerLoss(at: call)
    case 6...7: return .failure(at: call)
    case 8: return .full(from: call)
    case 9: return .unreadable(from: call)
    default: return .slow(oneIn: 20)
    }
  }

  /// Makes the file system follow the plan.
  func apply(to files: SimulatedFileSystem, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var calls = 0
    var unreadable: String?
    files.fault = { call in
      calls += 1
      switch self {
      case .none: return nil
      case .powerLoss(let at): return calls == at ? .powerLoss : nil
      case .failure(let at): return calls == at ? Self.failure(of: call, &random) : nil
      case .full(let from):
        guard calls >= from, call.changesDisk, call.kind != .remove, call.kind != .truncate else { return nil }
        return .failure(code: ENOSPC, written: random.number(0...max(0, call.count)))
      case .unreadable(let from):
        guard calls >= from, call.kind == .read else { return nil }
        if unreadable == nil { unreadable = call.path }
        return call.path == unreadable ? .failure(code: EIO) : nil
      case .slow(let n): return call.isSync && random.one(in: n) ? .slow(Int64(random.number(1...9_000))) : nil
      }
    }
  }

  private static func failure(of call: FileCall, _ random: inout SplitMix64) -> Fault {
    if call.kind == .write, random.one(in: 3) { return .scattering(code: EIO) }
    let codes: [Int32] =
      switch call.kind {
      case .write: [EIO, ENOSPC, EINTR, EFBIG, EDQUOT]
      case .open, .create: [EIO, EMFILE, ENFILE, EACCES]
      case .rename, .link, .makeDirectory: [EIO, ENOSPC]
      default: [EIO]
      }
    return .failure(code: random.pick(codes), written: random.number(0...max(0, call.count)))
  }
}
