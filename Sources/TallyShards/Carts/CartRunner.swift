import TallyThreads
import Tallystick

/// Brings a coordinator's questions to the shards and their answers back. Blocks the thread.
struct CartRunner: Sendable {
  let shards: [TallyLog]

  /// Runs a task to its end.
  func run(_ task: inout some CartTask) -> Outcome {
    var replies: [CartReply] = []
    while true {
      switch task.next(replies) {
      case .ask(let requests): replies = ask(requests)
      case .done(let outcome): return outcome
      }
    }
  }

  /// Asks all at once: each shard makes its answer durable beside the others.
  func ask(_ requests: [(shard: Int, request: CartRequest)]) -> [CartReply] {
    let gathered = Gathered<CartReply>(requests.count)
    for (index, (shard, request)) in requests.enumerated() {
      switch request {
      case .command(let command):
        shards[shard].hand([command]) { outcomes in
          gathered.set(index, .outcome(outcomes.first?.inShard(shard) ?? .failed(.closed)))
        }
      case .status(let name):
        shards[shard].look(up: [], [name]) { result in
          switch result {
          case .success(let found): gathered.set(index, .status(found.1.first ?? nil))
          case .failure(let failure): gathered.set(index, .failed(failure))
          }
        }
      }
    }
    return gathered.wait()
  }

  /// What each shard knows of these names: one array a shard.
  func standings(of names: [Name]) -> Result<[[NameStanding]], LogFailure> {
    let gathered = Gathered<Result<[NameStanding], LogFailure>>(shards.count)
    for (index, shard) in shards.enumerated() { shard.standing(of: names) { gathered.set(index, $0) } }
    return gathered.results()
  }

  /// What there is of items, by shard, in the order in which they are named.
  func levels(_ items: [Int: [ItemName]]) -> Result<[Int: [StockLevel?]], LogFailure> {
    let shares = items.sorted { $0.key < $1.key }
    let gathered = Gathered<Result<[StockLevel?], LogFailure>>(shares.count)
    for (index, share) in shares.enumerated() {
      shards[share.key].look(up: share.value, []) { result in gathered.set(index, result.map { $0.0 }) }
    }
    return gathered.results().map { Dictionary(uniqueKeysWithValues: zip(shares.map(\.key), $0)) }
  }
}

/// So many values from so many threads.
final class Gathered<Value: Sendable>: Sendable {
  private let monitor: Monitor<(values: [Value?], missing: Int)>

  init(_ count: Int) { monitor = Monitor((Array(repeating: nil, count: count), count)) }

  /// Each index once.
  func set(_ index: Int, _ value: Value) {
    monitor.signal { contents in
      contents.values[index] = value
      contents.missing -= 1
    }
  }

  /// Blocks the thread until all are there.
  func wait() -> [Value] {
    while true {
      if let values = monitor.wait({ $0.missing == 0 ? $0.values.compactMap { $0 } : nil }) { return values }
    }
  }
}

extension Gathered {
  /// All of them, or the first's reason why one is not there. Blocks the thread until all have answered.
  func results<Success>() -> Result<[Success], LogFailure> where Value == Result<Success, LogFailure> {
    var found: [Success] = []
    for result in wait() {
      switch result {
      case .success(let value): found.append(value)
      case .failure(let failure): return .failure(failure)
      }
    }
    return .success(found)
  }
}
