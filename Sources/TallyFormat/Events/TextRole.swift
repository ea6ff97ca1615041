/// What the strings of a column are.
public enum TextRole: CaseIterable, Sendable {
  /// What the format document calls them; ``label`` has the words.
  case sku, location, id, customer, reference, reason, key
  /// The id of a reservation that was made before.
  case order
  /// Who reads the log and says how far.
  case consumer

  /// What reports call one of the strings.
  public var label: String {
    switch self {
    case .sku: "the SKU"
    case .location: "the location"
    case .id: "the id"
    case .customer: "the customer"
    case .reference: "the reference"
    case .reason: "the reason"
    case .key: "the key"
    case .order: "the order's id"
    case .consumer: "the consumer"
    }
  }

  /// Bytes that a string must have: 1, or 0 where none says that the event has no such string.
  public var minimumBytes: Int {
    switch self {
    case .sku, .location, .id, .order, .consumer: 1
    case .customer, .reference, .reason, .key: 0
    }
  }

  /// Bytes that a string may have.
  public var maximumBytes: Int {
    switch self {
    case .sku, .location, .id, .customer, .key, .order, .consumer: Limits.maxNameBytes
    case .reference, .reason: Limits.maxTextBytes
    }
  }

  /// Whether the strings are in the one name space of reservations' ids and keys.
  public var isIdentity: Bool {
    switch self {
    case .id, .key: true
    case .sku, .location, .customer, .reference, .reason, .order, .consumer: false
    }
  }
}
