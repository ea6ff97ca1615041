import Tallystick

/// Brings rows into the order in which their documents are imported: rows of one document together.
///
/// A unit is what happens at once: an order or transfer with all its rows; or the receipts, returns and adjustments of
/// one number on one day. In a file that has them together and goes forward in time, nothing is moved; in one that only
/// goes another way, or in which units stand apart, all is sorted by where each unit begins; with very many units that
/// stand apart twice: by unit, which shows where each begins, and by that. Memory: two bounds of rows, and ``UnitPlaces``.
struct RowArrangement {
  /// Bytes of rows that stay in memory, in the file's order and while they are sorted.
  static let memory = 24 << 20

  private let order: ImportMapping.Order
  private let splitsDays: Bool
  private var spool: RowSpool
  private let memory: Int
  private var units: UnitPlaces
  /// Units of the document that goes on.
  private var current: Set<Int> = []
  private var document: Name?
  /// Of the row above.
  private var day: Int64 = -1
  /// A unit's rows do not stand together, or there are too many to know.
  private(set) var isScattered = false

  /// - Parameters:
  ///   - memory: bytes of rows, for each of the two bounds.
  ///   - maximumPlaces: units of which it is known where they begin.
  init(
    _ mapping: ImportMapping, memory: Int = RowArrangement.memory, maximumPlaces: Int = UnitPlaces.maximumPlaces
  ) {
    order = mapping.order
    splitsDays = mapping.same != .number
    self.memory = memory
    spool = RowSpool(memory: memory)
    units = UnitPlaces(maximumPlaces: maximumPlaces)
  }

  var count: Int { spool.count }
  /// Rows are shown in another order than the file's.
  var isSorted: Bool { order != .oldestFirst || isScattered }

  mutating func append(_ row: ImportRow) throws(FileError) {
    try spool.append(row)
    if !isScattered || units.hasBegins { note(row) }
  }

  /// Sees whether a unit comes back that had ended.
  private mutating func note(_ row: ImportRow) {
    let day = day(row.action, row.time)
    if document == row.document {
      if day == self.day { return }
    } else {
      current.removeAll(keepingCapacity: true)
      document = row.document
    }
    self.day = day
    let unit = row.document.bytes.withUnsafeBytes { digest($0, day) }
    guard current.insert(unit).inserted else {
      // A document's days in turn: together enough for a file that is not sorted.
      if order != .oldestFirst { isScattered = true }
      return
    }
    if units.note(unit, UnitPlaces.Begin(time: row.time, line: row.line)) != true { isScattered = true }
  }

  /// Shows all rows in the file's order, until `body` returns false.
  func inFileOrder(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    var names = NameCache()
    try spool.showAll { (row) throws(ImportError) in try body(row.row(&names)) }
  }

  /// Shows all rows in the order of their documents, until `body` returns false. Once.
  mutating func showAll(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    guard isSorted else { return try inFileOrder(body) }
    var sorter = RowSorter(memory: memory)
    if isScattered && !units.hasBegins { try sortTwice(into: &sorter) } else { try sort(into: &sorter) }
    units = UnitPlaces()
    spool = RowSpool(memory: memory)
    var names = NameCache()
    try sorter.showAll { (row) throws(ImportError) in try body(row.row(&names)) }
  }

  // MARK: Sorting

  /// The unit that a row belongs to, and where it begins.
  private struct Unit {
    var document: [UInt8]
    var day: Int64
    var begin: UnitPlaces.Begin

    func has(_ row: EncodedRow, _ day: Int64) -> Bool { self.day == day && document.elementsEqual(row.document) }
  }

  /// By where units begin, which is known.
  private func sort(into byPlace: inout RowSorter) throws(ImportError) {
    var above: Unit?
    try spool.showAll { (row) throws(ImportError) in
      let day = day(row.action, row.time)
      let begin: UnitPlaces.Begin
      if let above, above.has(row, day) {
        begin = above.begin
      } else {
        // Where too many units stand together to be known, each begins here.
        begin = units.begin(of: digest(row.document, day)) ?? UnitPlaces.Begin(time: row.time, line: row.line)
        above = Unit(document: Array(row.document), day: day, begin: begin)
      }
      try RowArrangement.adding { () throws(FileError) in try byPlace.add(row, key(of: row, begin)) }
      return true
    }
  }

  /// By unit, which brings each together, and then by where it begins.
  private mutating func sortTwice(into byPlace: inout RowSorter) throws(ImportError) {
    var byUnit = RowSorter(memory: memory)
    try spool.showAll { (row) throws(ImportError) in
      let unit = digest(row.document, day(row.action, row.time))
      try RowArrangement.adding { () throws(FileError) in
        try byUnit.add(row, .init(first: UInt64(bitPattern: Int64(unit)), second: UInt64(row.line)))
      }
      return true
    }
    spool = RowSpool(memory: memory)
    var above: Unit?
    try byUnit.showAll { (row) throws(ImportError) in
      let day = day(row.action, row.time)
      let begin: UnitPlaces.Begin
      if let above, above.has(row, day) {
        begin = above.begin
      } else {
        begin = UnitPlaces.Begin(time: row.time, line: row.line)
        above = Unit(document: Array(row.document), day: day, begin: begin)
      }
      try RowArrangement.adding { () throws(FileError) in try byPlace.add(row, key(of: row, begin)) }
      return true
    }
  }

  private func key(of row: EncodedRow, _ begin: UnitPlaces.Begin) -> RowSorter.Key {
    let line = UInt64(begin.line)
    return switch order {
    case .oldestFirst: .init(first: line, second: UInt64(row.line))
    case .newestFirst: .init(first: UInt64(begin.time), second: .max - line, third: UInt64(row.line))
    case .any: .init(first: UInt64(begin.time), second: line, third: UInt64(row.line))
    }
  }

  private static func adding(_ body: () throws(FileError) -> Void) throws(ImportError) {
    do throws(FileError) { try body() } catch { throw ImportError(error) }
  }

  /// Counted from 1970, in UTC. Orders and transfers have none.
  private func day(_ action: ImportMapping.Action, _ time: Int64) -> Int64 {
    splitsDays && action.isMovement ? time / 86_400_000 : -1
  }

  /// Of a unit; one that no file can foresee.
  private func digest(_ document: UnsafeRawBufferPointer, _ day: Int64) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: document)
    hasher.combine(day)
    return hasher.finalize()
  }
}
