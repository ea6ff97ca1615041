/// What is asked before a command is accepted, in the contract's order of judgement. Stated here once: commands, rows and
/// runs of rows differ in how they fetch what they ask about and how they record what was accepted, not in what they ask.
///
/// Every ladder begins where the form is right (``Form``), the time is accepted and what was due has expired
/// (``Judge/expireDue(at:into:atMost:)``). It says which rung it stopped at; who asked makes the answer. All of it is
/// compiled into its callers: what one of them does not have (a customer, an expectation) costs it nothing.
enum Guards {
  /// Units of an item that whoever comes now can take: a reservation for its lines, and one that is amended, or
  /// committed with more than it holds, for what it takes beyond.
  @inline(__always) static func availableToNewcomer(_ item: State.Item) -> Int64 { item.free }

  // MARK: reserve

  enum Reservation: Equatable {
    case accepted
    /// The id stands for something already: a repeat or a conflict.
    case taken
    case unknownItem
    case changed
    /// - Parameter line: which of the lines.
    case limit(line: Int)
    case insufficient
    case overflow
  }

  /// The ladder of a reservation.
  ///
  /// - Parameters:
  ///   - isTaken: whether something has the id; asked first, and once.
  ///   - namesUnknown: a line names an item that has no number.
  ///   - lines: merged, ascending by item number.
  ///   - customer: knows what the customer has of an item with a limit.
  ///   - timeToLive: milliseconds; 0: none.
  ///   - time: of the judgement.
  @inline(__always)
  static func reservation(
    isTaken: @autoclosure () -> Bool, namesUnknown: Bool = false, _ lines: Span<LineEntry>,
    expected: Judge.Expectation? = nil, customer: some CustomerUnits, timeToLive: Int64, at time: Int64,
    _ items: Span<State.Item>
  ) -> Reservation {
    if isTaken() { return .taken }
    if namesUnknown { return .unknownItem }
    for index in 0..<lines.count where Int(lines[index].item.rawValue) >= items.count { return .unknownItem }
    if isChanged(lines, expected, items) { return .changed }
    var isShort = false
    for index in 0..<lines.count {
      let line = lines[index]
      let item = items[Int(line.item.rawValue)]
      if item.limit >= 0 {
        guard let units = customer.units(of: line.item), line.quantity <= item.limit - units else {
          return .limit(line: index)
        }
      }
      isShort = isShort || availableToNewcomer(item) < line.quantity
    }
    if isShort { return .insufficient }
    return timeToLive <= Limits.maxQuantity - time ? .accepted : .overflow
  }

  // MARK: reserve that waits

  enum Waiting: Equatable {
    case accepted
    /// - Parameter line: of which line more would be waited for than can be; `nil`: a time cannot be.
    case overflow(line: Int?)
  }

  /// The end of a reservation's ladder for one that may wait, where what it asks for is insufficient.
  ///
  /// - Parameter wait: milliseconds; 0: without an end.
  static func waiting(
    _ lines: Span<LineEntry>, timeToLive: Int64, wait: Int64, at time: Int64, _ items: Span<State.Item>
  ) -> Waiting {
    guard timeToLive <= Limits.maxQuantity - time, wait <= Limits.maxQuantity - time else {
      return .overflow(line: nil)
    }
    for index in 0..<lines.count {
      let wanted = items[Int(lines[index].item.rawValue)].wanted
      guard lines[index].quantity <= Limits.maxQuantity - wanted else { return .overflow(line: index) }
    }
    return .accepted
  }

  // MARK: commit, release

  enum Settlement: Equatable {
    case accepted
    case unknownReservation
    /// Nothing of it is open: a repeat, `settled` or `expired`.
    case closed
    /// A line asks for more than is open of it, or is none of the reservation's.
    case beyondOpen
    case changed
  }

  /// The ladder of a settlement. Of a reservation that waits nothing is open, but it can be released whole. What is not
  /// named (`nil` lines, no expectation) is not asked.
  @inline(__always)
  static func settlement(
    isKnown: Bool, isOpen: @autoclosure () -> Bool, isBeyondOpen: @autoclosure () -> Bool = false,
    isChanged: @autoclosure () -> Bool = false
  ) -> Settlement {
    guard isKnown else { return .unknownReservation }
    guard isOpen() else { return .closed }
    if isBeyondOpen() { return .beyondOpen }
    return isChanged() ? .changed : .accepted
  }

  // MARK: amend, commit of more than is held

  /// What a reservation is to hold of an item beyond what it holds.
  struct Claim {
    var item: ItemNumber
    /// So many more than now.
    var more: Int64
    /// What the customer's limit is asked for: these, or all that is then open where nothing of the reservation counts
    /// because it is older than the limit.
    var counted: Int64
  }

  enum Claims: Equatable {
    case accepted
    /// - Parameter claim: which of them.
    case limit(claim: Int)
    case insufficient
  }

  /// The last rungs of what makes a reservation hold more.
  @inline(__always)
  static func claims(
    _ claims: some Sequence<Claim>, customer: some CustomerUnits, _ items: Span<State.Item>
  ) -> Claims {
    var isShort = false
    for (index, claim) in claims.enumerated() {
      let item = items[Int(claim.item.rawValue)]
      if item.limit >= 0 {
        guard let units = customer.units(of: claim.item), claim.counted <= item.limit - units else {
          return .limit(claim: index)
        }
      }
      isShort = isShort || availableToNewcomer(item) < claim.more
    }
    return isShort ? .insufficient : .accepted
  }

  // MARK: receive, return, transfer, adjust

  /// Whether so many more of an item fit; an item that does not exist yet has none.
  @inline(__always) static func fits(_ quantity: Int64, onHand: Int64) -> Bool {
    quantity <= Limits.maxQuantity - onHand
  }

  // MARK: Expectations

  /// Whether what a caller believes of some items is wrong.
  @inline(__always)
  static func isChanged(
    _ lines: Span<LineEntry>, _ expected: Judge.Expectation?, _ items: Span<State.Item>
  ) -> Bool {
    guard let expected else { return false }
    guard !expected.isBeyondEnd else { return true }
    for index in 0..<lines.count where isChanged(lines[index].item, since: expected, items) { return true }
    return false
  }

  /// Whether what a caller believes of one item is wrong.
  @inline(__always)
  static func isChanged(_ item: ItemNumber, _ expected: Judge.Expectation?, _ items: Span<State.Item>) -> Bool {
    guard let expected else { return false }
    if expected.isBeyondEnd { return true }
    return isChanged(item, since: expected, items)
  }

  @inline(__always)
  private static func isChanged(
    _ item: ItemNumber, since expected: Judge.Expectation, _ items: Span<State.Item>
  ) -> Bool {
    if let changed = expected.changedBefore { return changed.contains(item) }
    return items[Int(item.rawValue)].lastChange > expected.sequence
  }
}

/// Knows what a customer has of items with a limit.
protocol CustomerUnits {
  /// Units that the customer holds or has committed since the limit was set; `nil`: there is no customer.
  func units(of item: ItemNumber) -> Int64?
}

/// Of a reservation without a customer.
struct NoCustomer: CustomerUnits {
  @inline(__always) func units(of item: ItemNumber) -> Int64? { nil }
}

/// Of any reservation.
struct NamedCustomer: CustomerUnits {
  /// No bytes: there is no customer.
  let name: UnsafeBufferPointer<UInt8>
  let counts: [State.CountKey: Int64]

  @inline(__always) func units(of item: ItemNumber) -> Int64? {
    name.isEmpty ? nil : counts[State.CountKey(item: item, customer: Name(bytes: Array(name))), default: 0]
  }
}

extension Judge {
  /// What a caller believes: that nothing the command names has changed since an event.
  struct Expectation {
    var sequence: UInt64
    /// It lies beyond the last event.
    var isBeyondEnd: Bool
    /// For a batch: which of its items had changed when it began, since its own events do not count.
    var changedBefore: Set<ItemNumber>?
  }
}
