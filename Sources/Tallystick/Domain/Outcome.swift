/// The answer to a command. Given only when everything judged before it is on stable storage.
public enum Outcome: Equatable, Sendable {
  /// It happened: the sequence number of the command's own event (of a batch's last event).
  case accepted(Acceptance)
  /// It had happened before: the first answer again.
  case repeated(Acceptance)
  /// It breaks a rule of the domain; nothing was done.
  case rejected(Rejection)
  /// It is no command; nothing was judged. In words for people.
  case invalid(String)
  /// The queue was full: nothing was done. Ask again a little later.
  case busy(Busy)
  /// The log was closed or failed before this was on stable storage: the outcome is unknown, unless
  /// ``LogFailure/isOutcomeKnown``. Open the log again and repeat it.
  case failed(LogFailure)
}

/// What is told of a command that has happened.
public struct Acceptance: Equatable, Sendable {
  /// Of the command's own event: not of registrations, expiries or releases before it.
  public var sequence: UInt64
  /// Of the reservation, for a repeated `reserve`, `commit` or `release`; and ``ReservationState/waiting`` for a `reserve`
  /// that waits.
  public var state: ReservationState?
  /// Of a repeated `reserve`: whether anything is held for it. If not it was committed, released, or has expired: it must
  /// not be taken for a hold.
  public var holds: Bool?
  /// Of an accepted `adjust`: the holds that it released, in that order.
  public var released: [ReleasedHold]
  /// One a command of a batch; otherwise empty.
  public var results: [EventColumns.BatchResult]
  /// Of a batch: what the answers of its commands say beyond ``results`` (a state, whether a repeat holds anything, what an
  /// adjustment released), by their index; empty for most.
  public var details: [Int: Acceptance] = [:]
  /// Items that did not exist before: of a return, a transfer, a `register`, and of a batch of such. A mistyped SKU or
  /// location shows here.
  public var registered: [ItemName]
  /// In a shop of several shards: whose sequence number it is; `nil`: there is one log.
  public var shard: Int?

  /// The log makes these; public for what stands in for a log in tests.
  public init(
    sequence: UInt64, state: ReservationState? = nil, holds: Bool? = nil, released: [ReleasedHold] = [],
    results: [EventColumns.BatchResult] = [], registered: [ItemName] = []
  ) {
    self.sequence = sequence
    self.state = state
    self.holds = holds
    self.released = released
    self.results = results
    self.registered = registered
  }
}

/// What an adjustment released of a reservation.
public struct ReleasedHold: Equatable, Sendable {
  /// The reservation's id.
  public var id: Name
  /// For whom, if a customer was named.
  public var customer: Name?
  /// What it held until then.
  public var lines: [Line]

  /// The log makes these; public for what stands in for a log in tests.
  public init(id: Name, customer: Name?, lines: [Line]) {
    self.id = id
    self.customer = customer
    self.lines = lines
  }
}

/// Where a reservation stands.
public enum ReservationState: String, Sendable {
  /// Nothing of it is held yet: it stands in line.
  case waiting
  /// All of it is held.
  case open
  /// Something is held, and something has been committed or released.
  case partlySettled = "partly-settled"
  /// Nothing is held any more: all was committed, released, or expired, or more than one of these.
  case committed, released, expired, mixed
}

/// Why a command was refused. It left nothing behind: the same command later is judged anew.
public struct Rejection: Equatable, Sendable {
  /// The first reason that applies.
  public var reason: Reason
  /// The last event when it was judged.
  public var atSequence: UInt64
  /// For `insufficient`: every line that is short.
  public var short: [Shortage]
  /// For `settled`, of a reservation that waits: where it stands in line, for each of its items.
  public var places: [WaitingPlace] = []
  /// For `unknown-item`, `limit` and `overflow`: the item; of an `overflow` without one a time to live, or to wait,
  /// ends after 2^53 − 1 milliseconds since 1970.
  public var item: ItemName?
  /// Numbers and ids beyond that, where there are some.
  public var detail: Detail?
  /// For `unknown-item` of a reservation: every item of it that does not exist. ``short`` has its other lines then.
  public var unknown: [ItemName] = []
  /// Where else there is what is short or unknown: the same SKUs at other locations, in the order of their registration,
  /// at most ``mostPlaces``. For what is short, only where some of it is available.
  public var elsewhere: [Place] = []
  /// For `limit`: the count against the limit.
  public var passedLimit: PassedLimit?
  /// Of a transfer with holds, for `unknown-reservation`, `settled` and `expired`: which of the reservations that it names.
  public var reservation: Name?
  /// In a batch: which command, from 0.
  public var index: Int?
  /// In a shop of several shards: which one judged it; `nil`: there is one log.
  public var shard: Int?

  /// The log makes these; public for what stands in for a log in tests.
  public init(
    _ reason: Reason, at sequence: UInt64, short: [Shortage] = [], item: ItemName? = nil, detail: Detail? = nil,
    index: Int? = nil, unknown: [ItemName] = [], elsewhere: [Place] = [], passedLimit: PassedLimit? = nil
  ) {
    self.detail = detail
    self.reason = reason
    atSequence = sequence
    self.short = short
    self.item = item
    self.index = index
    self.unknown = unknown
    self.elsewhere = elsewhere
    self.passedLimit = passedLimit
  }

  /// The closed list, in the order in which they are judged.
  public enum Reason: String, CaseIterable, Sendable {
    /// Its time is before the last event's, or more than 60 s ahead of the clock; or its id or key was used before for
    /// something else.
    case time, conflict
    /// There is no reservation of that id.
    case unknownReservation = "unknown-reservation"
    /// What it would settle is not open any more, was not reserved, or has expired.
    case settled, expired
    /// Nothing was ever received of an item.
    case unknownItem = "unknown-item"
    /// An item has changed since the expected event; a customer's limit is passed; there is too little of an item; or a
    /// number would pass 2^53 − 1.
    case changed, limit, insufficient, overflow
  }

  /// A line for which there is too little.
  public struct Shortage: Equatable, Sendable {
    /// Of which item.
    public var item: ItemName
    /// How many were asked for.
    public var asked: Int64
    /// How many there were, less what others wait for; not below 0.
    public var available: Int64
    /// How many others wait for.
    public var waiting: Int64
    /// The log makes these; public for what stands in for a log in tests.
    public init(item: ItemName, asked: Int64, available: Int64, waiting: Int64 = 0) {
      self.item = item
      self.asked = asked
      self.available = available
      self.waiting = waiting
    }
  }
}
