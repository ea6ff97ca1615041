import TallyFormat

/// A rule of the format document that an event breaks.
public struct Violation: Sendable, Equatable {
  /// Which rule is broken.
  public var rule: Rule
  /// The event; for rules about frames, the first event of the frame.
  public var sequence: UInt64
  /// Where the event's frame begins.
  public var position: LogPosition
  /// The item, where the rule is about one.
  public var sku: String?
  /// The item's location, where the rule is about one.
  public var location: String?
  /// What is wrong, in words for people; not stable.
  public var detail: String
}

/// Collects violations in the order of the log: the first `limit` in full, the others by number only.
struct Violations: Sendable {
  let limit: Int
  private(set) var list: [Violation] = []
  private(set) var count = 0
  /// The frame being judged.
  var position = LogPosition(segment: 1, offset: 0)

  init(limit: Int) { self.limit = limit }

  @inline(never)
  mutating func report(
    _ rule: Rule, _ sequence: UInt64, item: ItemNames? = nil, _ detail: @autoclosure () -> String
  ) {
    count += 1
    guard list.count < limit else { return }
    list.append(
      Violation(
        rule: rule, sequence: sequence, position: position, sku: item?.sku, location: item?.location, detail: detail()))
  }

  /// Adds those that another collector found in the same log; the first `limit` of both stay.
  mutating func merge(_ other: Violations) {
    guard other.count > 0 else { return }
    count += other.count
    // A stable sort by place: what the fold found at an event stays in its order.
    let both = (list + other.list).enumerated().sorted { a, b in
      let (x, y) = (a.element.position, b.element.position)
      return (x.segment, UInt64(x.offset), a.element.sequence, UInt64(a.offset))
        < (y.segment, UInt64(y.offset), b.element.sequence, UInt64(b.offset))
    }
    list = both.prefix(limit).map(\.element)
  }
}

/// An item's names as text.
struct ItemNames {
  var sku: String
  var location: String
}
