/// The units of a file that were seen, and where each begins as long as there are not too many of them.
///
/// Memory: 32 bytes a unit up to half a million of them, 8 bytes beyond.
struct UnitPlaces {
  /// Of a unit's first row.
  struct Begin {
    /// Unix milliseconds.
    var time: Int64
    var line: Int
  }

  /// Units of which it is known where they begin.
  static let maximumPlaces = 1 << 19
  /// Units that are remembered to see whether one comes back.
  private static let maximumUnits = 1 << 21

  private let maximumPlaces: Int
  /// `nil`: there were too many.
  private var places: [Int: Begin]? = [:]
  /// Once there are too many for ``places``.
  private var units = Set<Int>()

  /// - Parameter maximumPlaces: units of which it is known where they begin.
  init(maximumPlaces: Int = UnitPlaces.maximumPlaces) { self.maximumPlaces = maximumPlaces }

  /// Where each unit begins is known.
  var hasBegins: Bool { places != nil }

  /// Where a unit begins; `nil`: it was not seen, or nobody knows any more.
  func begin(of unit: Int) -> Begin? { places?[unit] }

  /// Notes that rows of a unit begin here.
  ///
  /// - Returns: whether it is new; `nil`: nobody can tell any more.
  mutating func note(_ unit: Int, _ begin: @autoclosure () -> Begin) -> Bool? {
    if let count = places?.count {
      if count < maximumPlaces {
        if places?[unit] != nil { return false }
        places?[unit] = begin()
        return true
      }
      units = Set((places ?? [:]).keys)
      places = nil
    }
    if units.count >= UnitPlaces.maximumUnits { return nil }
    return units.insert(unit).inserted
  }
}
