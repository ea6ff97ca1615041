/// The stock of everything, taken from the writer's state in few short steps: first all numbers at once, so that they
/// belong together, then the names, which never change, piece by piece.
///
/// The memory is made, and touched for the first time, by the asker: that would be most of what a copy costs.
final class StockCopy: @unchecked Sendable {
  /// Items whose names are taken in one step.
  private static let piece = 65_536

  // The queue and the answer hand it over: to the writer's thread for a step, and back.
  private var items: [State.Item]
  private var names: [ItemNames.Piece] = []
  private var recipes = RecipeTable()
  private var preferences: [[ItemNumber]] = []
  private var namedCount = 0
  private var sequence: UInt64 = 0
  private var time: Int64 = 0

  private var due: [ItemName: Int64] = [:]
  private let clock: @Sendable () -> Int64

  init(items count: Int, clock: @escaping @Sendable () -> Int64) {
    items = [State.Item](repeating: State.Item(), count: count)
    self.clock = clock
  }

  /// All items have their names.
  var isComplete: Bool { namedCount == items.count }

  /// On the writer's thread: all numbers, and the names of few items.
  func takeLevels(_ judge: borrowing Judge) {
    (sequence, time) = (judge.state.lastSequence, judge.state.lastTime)
    due = judge.state.unitsDue(at: max(clock(), time))
    recipes = judge.state.recipes
    preferences = Array(judge.state.preferences.values)
    let count = min(items.count, judge.state.items.count)
    judge.state.items.withUnsafeBufferPointer { source in
      items.withUnsafeMutableBufferPointer { target in
        _ = target.update(fromContentsOf: source[..<count])
      }
    }
    // Those that were registered since the memory was made.
    items.append(contentsOf: judge.state.items[count...])
    takeNames(judge)
  }

  /// On the writer's thread: the next names.
  func takeNames(_ judge: borrowing Judge) {
    let next = namedCount..<min(items.count, namedCount + StockCopy.piece)
    if next.isEmpty { return }
    names.append(judge.state.itemNames.piece(next))
    namedCount = next.upperBound
  }

  var report: StockReport {
    var levels = [StockLevel]()
    levels.reserveCapacity(items.count)
    for piece in names {
      for index in 0..<piece.count { levels.append(items[levels.count].level(of: piece[index])) }
    }
    for (item, recipe) in recipes.sorted {
      var level = levels[Int(item.rawValue)]
      level.note(recipe, made: recipes.available(item, items)) { levels[Int($0.rawValue)].item }
      levels[Int(item.rawValue)] = level
    }
    for order in preferences {
      for (index, item) in order.enumerated() { levels[Int(item.rawValue)].preference = index + 1 }
    }
    return StockReport(sequence: sequence, time: time, levels: levels, due: due)
  }
}
