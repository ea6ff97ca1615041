extension Rejection {
  /// What a refusal says beyond its reason: the numbers and ids that tell what to do next.
  public indirect enum Detail: Equatable, Sendable {
    /// Of `settled`: the lines of which less is open than was asked, or which the reservation does not have.
    case notOpen([OpenLine])
    /// Of `settled` and `expired`: the event that left nothing open, and whether it committed, released or expired.
    case closed(by: UInt64, EventKind)
    /// Of an adjustment that is `insufficient`: who holds the item.
    case held(Holders)
    /// Of a `reserve` that is a `conflict`: what the reservation of that id asked for otherwise.
    case differs(Differences)
  }

  /// A line of which less is open than was asked.
  public struct OpenLine: Equatable, Sendable {
    /// Of which item.
    public var item: ItemName
    /// How many were asked for.
    public var asked: Int64
    /// How many are open; `nil`: the reservation does not have the item.
    public var open: Int64?
  }

  /// Who holds an item.
  public struct Holders: Equatable, Sendable {
    /// So many are named at most.
    static let most = 16

    /// The first of them, by sequence number.
    public var holders: [Holder]
    /// How many others there are.
    public var others: Int
    /// Units that all of them hold.
    public var units: Int64
    /// The first of those whom the release policy ``ReleasePolicy/newest`` would let go.
    public var newest: [Name]
    /// How many those are; 0: no release would do.
    public var newestCount: Int
  }

  /// An open reservation that holds an item.
  public struct Holder: Equatable, Sendable {
    /// Its id.
    public var id: Name
    /// For whom, if a customer was named.
    public var customer: Name?
    /// Units of the item.
    public var quantity: Int64
  }

  /// How a `reserve` differs from the one that its id stands for. What is the same on both sides is `nil`.
  public struct Differences: Equatable, Sendable {
    /// The event that made the reservation.
    public var first: UInt64
    /// What it asked for.
    public var firstLines: [Line]?
    /// What is asked for now.
    public var lines: [Line]?
    /// Its time to live in milliseconds, and the one that is asked for; 0: none.
    public var timesToLive: (first: Int64, now: Int64)?
    /// Its customer, and the one that is named; empty: none.
    public var customers: (first: Name, now: Name)?

    public static func == (a: Self, b: Self) -> Bool {
      a.first == b.first && a.firstLines == b.firstLines && a.lines == b.lines
        && a.timesToLive?.first == b.timesToLive?.first && a.timesToLive?.now == b.timesToLive?.now
        && a.customers?.first == b.customers?.first && a.customers?.now == b.customers?.now
    }
  }
}

extension Judge {
  /// The refusal of a `reserve` whose id stands for something else.
  ///
  /// - Parameters:
  ///   - asked: what made the reservation.
  ///   - entries: what is asked for now.
  ///   - namesUnknown: and an item that does not exist.
  func conflict(
    _ first: UInt64, _ asked: OriginalReservation, _ firstCustomer: Name, _ entries: UnsafeBufferPointer<LineEntry>,
    customer: UnsafeBufferPointer<UInt8>, timeToLive: Int64, namesUnknown: Bool
  ) -> Outcome {
    var differences = Rejection.Differences(first: first)
    if namesUnknown || !asked.lines.elementsEqual(entries) {
      differences.firstLines = named(asked.lines)
      differences.lines = named(Array(entries))
    }
    if asked.timeToLive != timeToLive { differences.timesToLive = (asked.timeToLive, timeToLive) }
    let customer = Name(bytes: Array(customer))
    if firstCustomer != customer { differences.customers = (firstCustomer, customer) }
    return rejected(.conflict, detail: .differs(differences))
  }

  private func named(_ entries: [LineEntry]) -> [Line] {
    entries.map { Line(state.itemNames[Int($0.item.rawValue)], $0.quantity) }
  }
}
