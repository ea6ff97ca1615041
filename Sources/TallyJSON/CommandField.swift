/// The fields that a command in JSON may have.
enum CommandField: UInt8, CaseIterable {
  case op, id, sku, location, lines, qty, from, to, by, reason, release, ref, customer
  case timeToLive, wait, waitMilliseconds, time, expectedSequence, key, commands
  case more, trim, with, order
  case effective, parts, locations, consumer, position

  var name: StaticString {
    switch self {
    case .op: "op"
    case .id: "id"
    case .sku: "sku"
    case .location: "location"
    case .lines: "lines"
    case .qty: "qty"
    case .from: "from"
    case .to: "to"
    case .by: "by"
    case .reason: "reason"
    case .release: "release"
    case .ref: "ref"
    case .customer: "customer"
    case .timeToLive: "ttl_ms"
    case .wait: "wait"
    case .waitMilliseconds: "wait_ms"
    case .time: "time_ms"
    case .expectedSequence: "expect_seq"
    case .key: "key"
    case .commands: "commands"
    case .more: "more"
    case .trim: "trim"
    case .with: "with"
    case .order: "order"
    case .effective: "effective_ms"
    case .parts: "parts"
    case .locations: "locations"
    case .consumer: "consumer"
    case .position: "seq"
    }
  }

  /// The field of that name, if there is one.
  init?(named bytes: UnsafeBufferPointer<UInt8>) {
    for (index, tag) in CommandField.tags.enumerated() where tag == CommandField.tag(bytes) {
      guard let field = CommandField(rawValue: UInt8(index)), bytes.elementsEqual(field.name.utf8) else { continue }
      self = field
      return
    }
    return nil
  }

  /// Length and first bytes of each name in one word: finding a name costs a few comparisons of integers.
  private static let tags = CommandField.allCases.map { tag($0.name.utf8) }

  private static func tag(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var tag = UInt64(truncatingIfNeeded: name.count)
    for byte in name.prefix(7) { tag = tag << 8 | UInt64(byte) }
    return tag
  }
}

extension StaticString {
  var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}

/// A set of fields.
struct CommandFieldSet {
  private var bits: UInt32 = 0

  init(_ fields: CommandField...) { for field in fields { bits |= 1 << UInt32(field.rawValue) } }

  func contains(_ field: CommandField) -> Bool { bits >> UInt32(field.rawValue) & 1 == 1 }

  /// False if it was already there.
  mutating func insert(_ field: CommandField) -> Bool {
    if contains(field) { return false }
    bits |= 1 << UInt32(field.rawValue)
    return true
  }

  /// The first field that is not in `allowed`.
  func first(notIn allowed: CommandFieldSet) -> CommandField? {
    let rest = bits & ~allowed.bits
    return rest == 0 ? nil : CommandField(rawValue: UInt8(rest.trailingZeroBitCount))
  }
}
