import Tallystick

/// How the rows of a CSV file become commands: which column is what, how dates are written, what signs mean, what is
/// left out, and where the stock that was sold had come from.
///
/// Read from a JSON file; `data/README.md` describes every key with an example.
public struct ImportMapping: Equatable, Sendable {
  /// Columns by the names in the file's first line.
  public struct Columns: Equatable, Sendable {
    public var document: String
    public var sku: String
    public var quantity: String
    public var time: String
    public var customer: String?
    public var location: String?

    public init(
      document: String, sku: String, quantity: String, time: String, customer: String? = nil, location: String? = nil
    ) {
      self.document = document
      self.sku = sku
      self.quantity = quantity
      self.time = time
      self.customer = customer
      self.location = location
    }
  }

  /// What a quantity of one sign means.
  public enum Action: String, CaseIterable, Sendable {
    /// A line of the document's reservation.
    case order
    /// Goods that come back.
    case returned = "return"
    /// Goods that come in.
    case receive
    /// Goods that are lost: an adjustment.
    case writeOff = "write-off"
    /// Nothing: the row is counted as skipped.
    case skip
    /// A mistake: the row is reported.
    case refuse
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

  /// What happens to a row dated before the row above it, or before the log's last event.
  public enum LatePolicy: String, CaseIterable, Sendable {
    /// Nothing, unless the log has it already: rejected `time`.
    case reject
    /// It is recorded at the time of the latest row before it.
    case record
  }

  public var columns: Columns
  public var separator: UInt8 = UInt8(ascii: ",")
  public var timeFormat: TimePattern
  /// Of rows without a location.
  public var location: Name = .main
  /// Codes that are stock; empty: all that ``skippedCodes`` does not name.
  public var onlyCodes: [CodePattern] = []
  public var skippedCodes: [CodePattern] = []
  /// The first whose prefix fits counts; a document that fits none is a mistake.
  public var documents: [DocumentKind]
  public var writeOffReason: Name = "write-off"
  /// Commit a document's reservation as soon as it is made.
  public var commitsOrders = true
  public var late = LatePolicy.reject
  public var opening = Opening.none
  /// Begins the idempotency keys of the opening stock; another file for the same log needs another.
  public var openingKey: Name = "opening"

  public init(columns: Columns, timeFormat: TimePattern, documents: [DocumentKind]) {
    self.columns = columns
    self.timeFormat = timeFormat
    self.documents = documents
  }
}
