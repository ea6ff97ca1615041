/// What is known of the names that a group of rows brings, but for those that the newest generation has: looked up for
/// all of them, table by table and filter by filter, before the first row is judged.
///
/// Rows of the group add to the newest generation only, so this stays true while they are judged; and what is marked for
/// nothing is looked at again in full. (Row by row, and again after every row that was not new, it took half of a
/// judgement on a log of 30 million names.)
struct KnownNames: Sendable {
  private var first = 0
  /// One a row; of rows that are no reserves: true.
  private var marks: [Bool] = []
  /// Generations of names at that time; with a new one, nothing of this is true any more.
  private var generations = 0

  // Kept for their memory.
  private var reserves: [Int] = []
  private var fingerprints: [UInt64] = []
  private var known: [Bool] = []

  /// Looks up the reserves among some rows, after asking for the memory that this will touch.
  mutating func look(
    _ rows: borrowing PreparedRows, _ range: Range<Int>, _ names: borrowing RecentNames, _ history: (any NameHistory)?
  ) {
    first = range.lowerBound
    generations = names.generations.count
    reserves.removeAll(keepingCapacity: true)
    fingerprints.removeAll(keepingCapacity: true)
    for row in range where rows.columns.kinds[row] == .reserve {
      reserves.append(row - first)
      fingerprints.append(rows.fingerprints[row])
    }
    marks.removeAll(keepingCapacity: true)
    marks.append(contentsOf: repeatElement(true, count: range.count))
    known.removeAll(keepingCapacity: true)
    known.append(contentsOf: repeatElement(false, count: reserves.count))
    fingerprints.withUnsafeBufferPointer { fingerprints in
      known.withUnsafeMutableBufferPointer { known in
        history?.prefetch(fingerprints)
        names.markOlder(fingerprints, known)
        history?.mark(fingerprints, known)
      }
    }
    for (place, row) in reserves.enumerated() { marks[row] = known[place] }
  }

  /// How many rows from `row` on bring names that nothing but the newest of so many generations may know.
  @inline(__always)
  func countOfNew(from row: Int, atMost limit: Int, _ generations: Int) -> Int {
    guard generations == self.generations, row >= first else { return 0 }
    let begin = row - first
    var end = begin
    while end < marks.count, end - begin < limit, !marks[end] { end += 1 }
    return end - begin
  }
}
