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

public struct Acceptance: Equatable, Sendable {
  public var sequence: UInt64
  /// Of the reservation, for a repeated `reserve`, `commit` or `release`.
  public var state: ReservationState?
  /// One a command of a batch; otherwise empty.
  public var results: [EventColumns.BatchResult]

  public init(sequence: UInt64, state: ReservationState? = nil, results: [EventColumns.BatchResult] = []) {
    self.sequence = sequence
    self.state = state
    self.results = results
  }
}

/// Where a reservation stands.
public enum ReservationState: String, Sendable {
  case open
  case partlySettled = "partly-settled"
  case committed, released, expired, mixed
}

public struct Rejection: Equatable, Sendable {
  public var reason: Reason
  /// The last event when it was judged.
  public var atSequence: UInt64
  /// For `insufficient`: every line that is short.
  public var short: [Shortage]
  /// For `unknown-item`, `limit` and `overflow`: the item.
  public var item: ItemName?
  /// In a batch: which command, from 0.
  public var index: Int?

  public init(
    _ reason: Reason, at sequence: UInt64, short: [Shortage] = [], item: ItemName? = nil, index: Int? = nil
  ) {
    self.reason = reason
    atSequence = sequence
    self.short = short
    self.item = item
    self.index = index
  }

  /// The closed list, in the order in which they are judged.
  public enum Reason: String, CaseIterable, Sendable {
    case time, conflict
    case unknownReservation = "unknown-reservation"
    case settled, expired
    case unknownItem = "unknown-item"
    case changed, limit, insufficient, overflow
  }

  public struct Shortage: Equatable, Sendable {
    public var item: ItemName
    public var asked: Int64
    public var available: Int64
    public init(item: ItemName, asked: Int64, available: Int64) {
      self.item = item
      self.asked = asked
      self.available = available
    }
  }
}
