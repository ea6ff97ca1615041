import Synchronization
import TallyTestSupport

@testable import Tallystick

extension LogOptions {
  /// Of a writer whose clock is a seed's: what falls due between which commands is then not the machine's doing.
  ///
  /// It goes on by 0 to 12 ms at every third look.
  static func clockOf(seed: UInt64) -> LogOptions {
    let clock = Mutex((random: SplitMix64(seed: seed ^ 0x63_6C6B), now: Int64(1_700_000_000_000)))
    var options = LogOptions()
    options.clock = {
      clock.withLock { clock in
        clock.now += clock.random.one(in: 3) ? clock.random.number(Int64(0)...12) : 0
        return clock.now
      }
    }
    return options
  }
}
