import Tallystick

/// Why a sharded shop cannot be made, opened or read. Every case says what, where and what to do.
public enum ShardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The map of its shards cannot be had.
  case map(ShardMapError)
  /// One of its logs cannot.
  case log(shard: Int, TallyError)
  /// A shard's folder has another log than the map says.
  case otherLog(shard: Int, path: String)
  /// What a caller passed makes no sense.
  case invalidArgument(String)
  /// A cart that was left half-way could not be finished.
  case unfinished(cart: Name, reason: String)

  public var description: String {
    switch self {
    case .map(let error): error.description
    case .log(let shard, let error): "shard \(shard): \(error)"
    case .otherLog(let shard, let path):
      "\(path) is not the log that the map names as shard \(shard): it was moved or replaced; put the right one back"
    case .invalidArgument(let what): what
    case .unfinished(let cart, let reason):
      "the cart \(cart) was left half-way and cannot be finished: \(reason); open the shop again"
    }
  }
}
