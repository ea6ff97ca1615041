import Tallystick

/// A row that means something.
struct ImportRow: Equatable {
  var line: Int
  var document: Name
  var item: ItemName
  /// Positive, and the sign went into the action; in a stock list 0, too.
  var quantity: Int64
  /// Unix milliseconds.
  var time: Int64
  var customer: Name?
  /// Of an adjustment.
  var reason: Name?
  /// Where a transfer goes; it comes from ``item``'s location.
  var destination: Name?
  var action: ImportMapping.Action
  /// Records that it stands for: 0 where one record is several items, and this is not the first of them.
  var recordCount = 1

  /// Of its time, counted from 1970, in UTC.
  var day: Int64 { time / 86_400_000 }
}

/// What ends the reading of a record: it becomes no row.
enum RowStop: Error {
  case skipped(ImportReport.SkipReason)
  case flawed(RowFlaw)
}

/// Why the file is at fault.
struct RowFlaw: Equatable {
  /// Whose document must not be imported without the row.
  enum Blame: Equatable {
    case document(Name)
    /// The row names none: it may belong to the one above.
    case above
    /// It cannot be read at all: it may belong to the one above or the one below.
    case neighbours
  }

  var reason: ImportReport.SkipReason = .malformed
  /// What is wrong in general, the same for all such rows: rows are counted by it.
  var kind: String
  /// What is wrong here.
  var message: String
  var blame: Blame
}
