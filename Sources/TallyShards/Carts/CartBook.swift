import TallyThreads
import Tallystick

/// Which carts over several shards there are, by id: what the logs say, kept at hand. Any thread.
///
/// Some 200 bytes a cart over shards, for ever; a reservation in one shard takes nothing here.
final class CartBook: Sendable {
  struct Record: Sendable {
    /// How often somebody has tried to reserve it.
    var attempts: UInt8 = 0
    /// The attempt that was confirmed.
    var confirmed: CartPart?
    /// Parts of an attempt that may still be held, although nobody is at work on it.
    var unfinished: CartPart?
  }

  private let records = Monitor<[Name: Record]>([:])

  subscript(cart: Name) -> Record? { records.access { $0[cart] } }

  var isEmpty: Bool { records.access { $0.isEmpty } }

  /// An attempt was begun.
  func begin(_ part: CartPart) {
    records.access { records in
      records[part.cart, default: Record()].attempts = max(records[part.cart]?.attempts ?? 0, part.attempt)
    }
  }

  func confirm(_ part: CartPart) { records.access { $0[part.cart, default: Record()].confirmed = part } }

  /// - Parameter part: `nil`: nothing is left to be finished.
  func leave(_ part: CartPart?, of cart: Name) { records.access { $0[cart, default: Record()].unfinished = part } }
}
