import Tallystick

/// Brings rows into the order in which their documents are imported: rows of one document together.
///
/// A unit is what happens at once: an order or transfer with all its rows; or the receipts, returns and adjustments of
/// one number on one day. In a file that has them together and goes forward in time, nothing is moved; in one that only
/// goes another way, all is sorted by where each unit begins. Where units stand apart all is sorted twice: by unit, which
/// shows where each begins, and by that. Memory: two bounds of rows, and 8 bytes a document up to a bound beyond which
/// everything is sorted twice.
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
  /// Of the row above.
  private var day: Int64 = -1
  /// A unit's rows do not stand together, or there are too many to know.
  private(set) var isScattered = false

  init(_ mapping: ImportMapping, memory: Int = RowArrangement.memory) {
    order = mapping.order
    splitsDays = mapping.same != .number
    self.memory = memory
    spool = RowSpool(memory: memory)
  }

  var count: Int { spool.count }
  /// Rows are shown in another order than the file's.
  var isSorted: Bool { order != .oldestFirst || isScattered }

  mutating func append(_ row: ImportRow) throws(FileError) {
    try spool.append(row)
    if !isScattered { note(row) }
  }

  /// Sees whether a unit comes back that had ended.
  private mutating func note(_ row: ImportRow) {
    let day = day(row.action, row.time)
    if document == row.document {
      if day == self.day { return }
    } else {
      for unit in current { ended.insert(unit) }
      current.removeAll(keepingCapacity: true)
      document = row.document
    }
    self.day = day
    let unit = row.document.bytes.withUnsafeBytes { digest($0, day) }
    guard current.insert(unit).inserted else { return }
    if ended.contains(unit) || ended.count >= RowArrangement.maximumDocuments {
      isScattered = true
      ended = []
    }
  }

  /// Shows all rows in the file's order, until `body` returns false.
  func inFileOrder(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    var names = NameCache()
    try spool.showAll { (row) throws(ImportError) in try body(row.row(&names)) }
  }

  /// Shows all rows in the order of their documents, until `body` returns false. Once.
  mutating func showAll(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    guard isSorted else { return try inFileOrder(body) }
    ended = []
    var sorter = RowSorter(memory: memory)
    if isScattered { try sortTwice(into: &sorter) } else { try sort(into: &sorter) }
    spool = RowSpool(memory: memory)
    var names = NameCache()
    try sorter.showAll { (row) throws(ImportError) in try body(row.row(&names)) }
  }

  // MARK: Sorting

  /// Where a unit begins.
  private struct Begin {
    var day: Int64
    var time: Int64
    var line: Int
  }

  /// By where units begin, which their first rows say: they stand together, a document's days perhaps in turn.
  private func sort(into byPlace: inout RowSorter) throws(ImportError) {
    var document: [UInt8] = []
    var begins: [Begin] = []
    try spool.showAll { (row) throws(ImportError) in
      if begins.isEmpty || !document.elementsEqual(row.document) {
        document.removeAll(keepingCapacity: true)
        document.append(contentsOf: row.document)
        begins.removeAll(keepingCapacity: true)
      }
      let day = day(row.action, row.time)
      if begins.last?.day != day {
        // The last is the one that is asked for next.
        let known = begins.firstIndex { $0.day == day }.map { begins.remove(at: $0) }
        begins.append(known ?? Begin(day: day, time: row.time, line: row.line))
      }
      let begin = begins[begins.count - 1]
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
    var document: [UInt8] = []
    var begin: Begin?
    try byUnit.showAll { (row) throws(ImportError) in
      let day = day(row.action, row.time)
      let first: Begin
      if let begin, begin.day == day, document.elementsEqual(row.document) {
        first = begin
      } else {
        document.removeAll(keepingCapacity: true)
        document.append(contentsOf: row.document)
        first = Begin(day: day, time: row.time, line: row.line)
        begin = first
      }
      try RowArrangement.adding { () throws(FileError) in try byPlace.add(row, key(of: row, first)) }
      return true
    }
  }

  private func key(of row: EncodedRow, _ begin: Begin) -> RowSorter.Key {
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
