import Glibc
import NIOCore
import TallyThreads
import Tallystick

/// What the log takes and what its disk has left, looked at now and then only, however often it is asked for. Any thread.
final class StorageWatch: Sendable {
  struct Look: Sendable {
    var storage: LogStorage
    /// Of the log's disk, in bytes; `nil`: the system does not say.
    var disk: (free: UInt64, total: UInt64)?
  }
  private struct Kept {
    var look: Look?
    var time = NIODeadline.distantPast
  }
  private static let interval = TimeAmount.seconds(2)

  private let log: TallyLog
  private let kept = Monitor(Kept())

  init(_ log: TallyLog) { self.log = log }

  /// Blocks the thread for some system calls. `nil`: the log's directory cannot be read.
  var look: Look? {
    let now = NIODeadline.now()
    // Whoever comes while another looks is given the look before.
    let old: Look?? = kept.access { kept in
      if now - kept.time < StorageWatch.interval { return .some(kept.look) }
      kept.time = now
      return nil
    }
    if let old { return old }
    let look = lookAnew()
    return kept.access { kept in
      kept.look = look
      return look
    }
  }

  private func lookAnew() -> Look? {
    do throws(TallyError) {
      let reader = try log.openReader()
      var system = statvfs()
      let isKnown = statvfs(reader.path, &system) == 0
      let block = UInt64(system.f_frsize)
      return Look(
        storage: try reader.storage(),
        disk: isKnown ? (UInt64(system.f_bavail) * block, UInt64(system.f_blocks) * block) : nil)
    } catch {
      return nil
    }
  }
}
