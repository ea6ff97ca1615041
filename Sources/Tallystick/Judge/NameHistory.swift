/// What is known of names and reservations that memory no longer holds: sealed indexes over the log.
///
/// The judge asks it only when its own tables have no answer. An implementation that cannot read sets ``failure``; the
/// writer then stops before anything judged on half an answer is written.
protocol NameHistory: AnyObject, Sendable {
  var failure: LogFailure? { get }
  /// The last event that it covers.
  var coveredSequence: UInt64 { get }
  /// False: no name with this fingerprint is known. Costs a cache miss a run, or what ``prefetch(_:)`` has left of it.
  func mayContain(_ fingerprint: UInt64) -> Bool
  /// Asks the processor for the memory that ``mayContain(_:)`` will look at.
  func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>)
  /// Sets what belongs to fingerprints of which a name may be known: ``mayContain(_:)`` of each.
  func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>)
  /// Events that may have brought a name with this fingerprint.
  func candidates(_ fingerprint: UInt64) -> [SealedName]
  /// What the event at `sequence` brought, read from the log.
  func record(at sequence: UInt64) -> NameRecord?
  /// How the reservation was closed, if it was.
  func closing(of reservation: UInt64) -> SealedClosing?
  /// What had become of a reservation by an event, read from the log. Cost: the events between.
  func life(of reservation: UInt64, through sequence: UInt64) -> OrderLife?
  /// What has come back of a reservation by the last event that is covered, line by line.
  func returned(to reservation: UInt64) -> [LineEntry]
}

extension NameHistory {
  func life(of reservation: UInt64, through sequence: UInt64) -> OrderLife? { nil }

  /// What a reservation had committed by an event.
  func sold(by reservation: UInt64, through sequence: UInt64) -> [ItemNumber: Int64] {
    life(of: reservation, through: sequence)?.sold ?? [:]
  }

  func returned(to reservation: UInt64) -> [LineEntry] { [] }
}

/// A name as an index remembers it.
struct SealedName: Equatable, Sendable {
  /// Of the event that brought it.
  var sequence: UInt64
  /// The ``ContentHash`` of the reservation; ``ContentHash/none``: it is a key.
  var content: UInt64
}

/// A name and what it stands for, as the log has it.
struct NameRecord: Sendable {
  var sequence: UInt64
  /// Of its event, in Unix milliseconds.
  var time: Int64 = 0
  var name: Name
  var meaning: Meaning
  /// What a reservation asked for, if that is not what it held at first.
  var asked: [LineEntry]?

  enum Meaning: Sendable {
    case reservation(lines: [LineEntry], customer: Name, timeToLive: Int64)
    case key(ContentDigest, answer: UInt64, results: [EventColumns.BatchResult])
  }
}

/// The end of a reservation.
struct SealedClosing: Equatable, Sendable {
  var reservation: UInt64
  var closing: Reservation.Closing
  var state: ReservationState
  /// It was extended, amended or moved, or more of it was committed than was held.
  var isAltered = false

  /// Not a mark of goods that came back, or of a reopening.
  var isClosing: Bool { closing.kind != .returned && closing.kind != .reserved }
}
