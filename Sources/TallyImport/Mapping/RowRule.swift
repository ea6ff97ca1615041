import Tallystick

extension ImportMapping {
  /// What a quantity of one sign means.
  public enum Action: String, CaseIterable, Sendable, BitwiseCopyable {
    /// A line of the document's reservation, committed as ``ImportMapping/commitsOrders`` says.
    case order
    /// A line of the document's reservation, and it is sold.
    case sale
    /// A line of the document's reservation, and it is only held.
    case hold
    /// The order was called off: what was imported before is released, or comes back if it was sold.
    case cancel
    /// Goods that come back.
    case returned = "return"
    /// Goods that come in.
    case receive
    /// Goods that are lost: an adjustment.
    case writeOff = "write-off"
    /// Goods that are found: an adjustment.
    case found
    /// There are exactly so many: a stock-take.
    case count
    /// Goods that go from one location to another, both named in the row.
    case transfer
    /// One half of a transfer: goods that leave the row's location.
    case transferOut = "transfer-out"
    /// The other half: they arrive.
    case transferIn = "transfer-in"
    /// Nothing: the row is counted as skipped.
    case skip
    /// A mistake: the row is reported.
    case refuse

    /// Whether it is part of the document's reservation.
    var isOrder: Bool { self == .order || self == .sale || self == .hold }
    /// Whether it is something that happens on a day of its own, however often under one number.
    var isMovement: Bool { isAdjustment || self == .returned || self == .receive }
    var isAdjustment: Bool { self == .writeOff || self == .found || self == .count }
    var isTransfer: Bool { self == .transfer || self == .transferOut || self == .transferIn }
  }

  /// Rows of which something is so, and what they mean.
  public struct RowRule: Equatable, Sendable {
    /// A column has one of these texts; ASCII letters may be large or small, and `*` is any number of bytes, alone at
    /// least one.
    public struct Condition: Equatable, Sendable {
      public var column: Column
      public var values: [Name]

      public init(_ column: Column, _ values: [Name]) {
        self.column = column
        self.values = values
      }
    }

    /// Begins the document's number.
    public var prefix: String
    /// All of them hold.
    public var conditions: [Condition]
    public var positive: Action
    public var negative: Action
    /// Where such rows have their document's number, if elsewhere than others.
    public var document: Column?
    /// Where such rows have their location, if elsewhere than others.
    public var location: Column?

    public init(
      prefix: String = "", when conditions: [Condition] = [], positive: Action = .refuse, negative: Action = .refuse,
      document: Column? = nil
    ) {
      self.prefix = prefix
      self.conditions = conditions
      self.positive = positive
      self.negative = negative
      self.document = document
    }

    init(_ kind: DocumentKind) {
      self.init(prefix: kind.prefix, positive: kind.positive, negative: kind.negative)
    }
  }
}
