import Tallystick

/// Brings rows into the order in which their documents are imported: rows of one document together.
///
/// A unit is what happens at once: an order or transfer with all its rows; or the receipts, returns and adjustments of
/// one number on one day. In a file that has them together and goes forward in time, nothing is moved. Otherwise all is
/// sorted twice: by unit, which shows where each begins, and by that. Memory: two bounds of rows, and 8 bytes a document
/// up to a bound beyond which everything is sorted.
struct RowArrangement {
  /// Bytes of rows that stay in memory, in the file's order and while they are sorted.
  static let memory = 24 << 20
  /// Documents that are remembered to see whether one comes back.
  private static let maximumDocuments = 1 << 21

  private let order: ImportMapping.Order
  private let splitsDays: Bool
  private var spool: RowSpool
  private let memory: Int
  /// Units whose rows have ended.
  private var ended = Set<Int>()
  /// Units of the document that goes on.
  private var current: Set<Int> = []
  private var document: Name?
  /// A unit's rows do not stand together, or there are too many to know.
  private(set) var isScattered = false

  init(_ mapping: ImportMapping, memory: Int = RowArrangement.memory) {
    order = mapping.order
    splitsDays = mapping.same != .number
    self.memory = memory
    spool = RowSpool(memory: memory)
  }

  var count: Int { spool.count }

  mutating func append(_ row: ImportRow) throws(FileError) {
    try spool.append(row)
    guard order == .oldestFirst, !isScattered else { return }
    let unit = unit(of: row)
    if document != row.document {
      ended.formUnion(current)
      current.removeAll(keepingCapacity: true)
      document = row.document
    } else if current.contains(unit) {
      return
    }
    current.insert(unit)
    if ended.contains(unit) || ended.count >= RowArrangement.maximumDocuments {
      isScattered = true
      ended = []
    }
  }

  /// Shows all rows in the file's order, until `body` returns false.
  func inFileOrder(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) { try spool.forEach(body) }

  /// Shows all rows in the order of their documents, until `body` returns false. Once.
  mutating func forEach(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    guard order != .oldestFirst || isScattered else { return try spool.forEach(body) }
    let byUnit = RowSorter(memory: memory)
    try spool.forEach { row throws(ImportError) in
      try RowArrangement.adding {
        () throws(FileError) in
        try byUnit.add(
          row, .init(first: UInt64(bitPattern: Int64(unit(of: row))), second: UInt64(row.line)))
      }
      return true
    }
    spool = RowSpool(memory: memory)
    let byPlace = RowSorter(memory: memory)
    var first: ImportRow?
    try byUnit.forEach { row throws(ImportError) in
      let begin: ImportRow
      if let first, isSameUnit(first, row) { begin = first } else { begin = row }
      first = begin
      try RowArrangement.adding { () throws(FileError) in try byPlace.add(row, key(of: row, begin)) }
      return true
    }
    try byPlace.forEach(body)
  }

  private func key(of row: ImportRow, _ begin: ImportRow) -> RowSorter.Key {
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

  private func isSameUnit(_ a: ImportRow, _ b: ImportRow) -> Bool {
    a.document == b.document && day(of: a) == day(of: b)
  }

  /// Orders and transfers have none.
  private func day(of row: ImportRow) -> Int64 { splitsDays && row.action.isMovement ? row.day : -1 }

  private func unit(of row: ImportRow) -> Int {
    var hasher = Hasher()
    hasher.combine(row.document)
    hasher.combine(day(of: row))
    return hasher.finalize()
  }
}
