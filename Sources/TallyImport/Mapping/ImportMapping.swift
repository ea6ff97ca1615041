import Tallystick

/// How the rows of a CSV file become commands: which column is what, how dates and numbers are written, what a row means,
/// what is left out, and where the stock that was sold had come from.
///
/// Read from a JSON file; `data/README.md` describes every key with an example.
public struct ImportMapping: Equatable, Sendable {
  /// Columns by the names in the file's header. Where a row has nothing in a column's first name, the next one counts.
  public struct Column: Equatable, Sendable, ExpressibleByStringLiteral {
    public var names: [String]
    public init(_ names: [String]) { self.names = names }
    public init(stringLiteral name: String) { names = [name] }
  }

  /// Which column is what.
  public struct Columns: Equatable, Sendable {
    /// `nil`: ``ImportMapping/number`` counts.
    public var document: Column?
    public var sku: Column
    /// `nil`: ``quantities`` or ``ImportMapping/quantity`` count.
    public var quantity: Column?
    /// Of a stock list with a column a location.
    public var quantities: [LocationColumn] = []
    /// `nil`: ``ImportMapping/time`` counts.
    public var time: Column?
    /// Where the time of day stands in a column of its own: it is read behind the date and a blank.
    public var timeOfDay: Column?
    public var customer: Column?
    public var location: Column?
    /// Of a transfer.
    public var from: Column?
    /// Of a transfer.
    public var to: Column?
    /// Of a write-off or another adjustment.
    public var reason: Column?

    public init(
      document: Column?, sku: Column, quantity: Column?, time: Column?, customer: Column? = nil,
      location: Column? = nil
    ) {
      self.document = document
      self.sku = sku
      self.quantity = quantity
      self.time = time
      self.customer = customer
      self.location = location
    }
  }

  /// A column of quantities at one location.
  public struct LocationColumn: Equatable, Sendable {
    public var location: Name
    public var column: Column

    public init(location: Name, column: Column) {
      self.location = location
      self.column = column
    }
  }

  /// What the file is.
  public enum Document: String, CaseIterable, Sendable {
    /// Orders and movements: rows of documents with numbers.
    case rows
    /// What is on hand: each row sets an item's quantity.
    case stockList = "stock-list"
  }

  /// Documents whose number begins with a prefix, and what their quantities mean.
  public struct DocumentKind: Equatable, Sendable {
    public var prefix: String
    public var positive: Action
    public var negative: Action

    public init(prefix: String = "", positive: Action = .refuse, negative: Action = .refuse) {
      self.prefix = prefix
      self.positive = positive
      self.negative = negative
    }
  }

  /// What stood in the shelves before the first row.
  public enum Opening: Equatable, Sendable {
    case none
    /// So many of every item that the file names.
    case quantity(Int64)
    /// This share of what the file's orders ask for, rounded up, item by item.
    case percentOfDemand(Int64)
  }

  /// What happens to a document dated before the one above it, or before the log's last event.
  public enum LatePolicy: String, CaseIterable, Sendable {
    /// Nothing, unless the log has it already: rejected `time`.
    case reject
    /// It is recorded at the time of the latest row before it.
    case record
    /// Where only the log is ahead, it is recorded at the log's last time: there is no earlier moment for what was left
    /// out before. Where the file itself goes back in time it is rejected: its order is not what the mapping says.
    case catchUp = "catch-up"
  }

  /// In which order a file has its documents.
  public enum Order: String, CaseIterable, Sendable {
    /// In that of their time.
    case oldestFirst = "oldest-first"
    /// The other way round: sorted by time; of one time, the last in the file first.
    case newestFirst = "newest-first"
    /// In none: sorted by time; of one time, the first in the file first.
    case any
  }

  /// What happens to a document that the log has with other content.
  public enum EditPolicy: String, CaseIterable, Sendable {
    /// It is rejected `conflict`, and both contents are told.
    case report
    /// The difference is applied.
    case amend
  }

  /// What makes a receipt, return or write-off under one number the same as an earlier one. Orders are the same if their
  /// number is.
  public enum Sameness: String, CaseIterable, Sendable {
    /// Its number alone: there is one receipt a number, for ever.
    case number
    /// Its number and day.
    case day
    /// Its number and its first row's time.
    case time
  }

  /// What becomes of names that are too long.
  public enum LongNames: String, CaseIterable, Sendable {
    /// Their beginning and a digest of the whole: see ``NameShortening``.
    case shorten
    /// The row is wrong.
    case refuse
  }

  /// What a file that names an item twice in a stock list means.
  public enum Duplicates: String, CaseIterable, Sendable {
    case refuse
    case add
  }

  /// Rows in which a column has a certain text.
  public struct RowPattern: Equatable, Sendable {
    public var column: Column
    public var patterns: [CodePattern]
  }

  public var columns: Columns
  public var document = Document.rows
  /// The document's number, where there is one for the whole file.
  public var number: Name?
  /// The time in Unix milliseconds, where there is one for the whole file.
  public var time: Int64?

  /// Of every row, where a row is so many and no column says it.
  public var quantity: Int64?

  // What the file is like.
  public var separator: UInt8 = UInt8(ascii: ",")
  /// As `iconv` names it; `nil`: UTF-8, or UTF-16 with its mark.
  public var encoding: String?
  /// Lines before the header.
  public var skippedLines = 0
  /// The columns' names in a file whose first line has none.
  public var header: [String]?
  /// Tried one after the other.
  public var timeFormats: [TimePattern]
  /// Of times that say no offset.
  public var zone = ZoneRules.universal
  public var numbers = NumberPattern()
  /// Leave out blanks around what a column has.
  public var trims = true
  public var longNames = LongNames.shorten
  /// Rows that have no document's number, or the one above, take over what they have nothing in.
  public var fillsDown = false
  public var order = Order.oldestFirst

  // What rows mean.
  /// Of rows without a location.
  public var location: Name = .main
  /// Codes that are stock; empty: all that ``skippedCodes`` does not name.
  public var onlyCodes: [CodePattern] = []
  public var skippedCodes: [CodePattern] = []
  /// Rows that are none, such as totals: one of these fits.
  public var skippedRows: [[RowPattern]] = []
  /// Texts that stand where there is no quantity: the row is left out.
  public var skippedQuantities: [Name] = []
  /// The first that fits a row says what it means.
  public var rules: [RowRule]
  public var writeOffReason: Name = "write-off"
  /// Commit a document's reservation as soon as it is made.
  public var commitsOrders = true
  public var late = LatePolicy.catchUp
  public var edited = EditPolicy.report
  public var same = Sameness.time
  public var duplicates = Duplicates.refuse
  /// Of a stock list: which holds to let go where less is on hand than is held.
  public var release: ReleasePolicy?
  public var opening = Opening.none
  /// Begins the idempotency keys of the opening stock.
  public var openingKey: Name = "opening"

  public init(columns: Columns, timeFormat: TimePattern, documents: [DocumentKind]) {
    self.columns = columns
    timeFormats = [timeFormat]
    rules = documents.map { RowRule($0) }
  }

  /// A list of what is on hand.
  public init(stockList columns: Columns) {
    self.columns = columns
    document = .stockList
    timeFormats = []
    rules = []
  }
}
