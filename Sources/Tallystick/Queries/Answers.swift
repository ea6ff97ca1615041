/// A moment in the history of a log.
public enum Moment: Sendable, Equatable {
  /// The last durable event.
  case now
  /// After this event; inside an atomic step, before the step.
  case sequence(UInt64)
  /// After the last event whose time (Unix milliseconds) is not later.
  case time(Int64)
}

/// The stock of a log at a moment.
public struct StockReport: Sendable {
  /// The last event that it includes.
  public var sequence: UInt64
  /// That event's time; 0 in an empty log.
  public var time: Int64
  /// By item number.
  public var levels: [StockLevel]
  /// Units that are still held although their time is over, by item; items without are left out. The next command that
  /// is judged gives them back.
  public var due: [ItemName: Int64] = [:]
}

/// One reservation and everything that happened to it.
public struct ReservationStory: Sendable {
  /// An item of the reservation, and what became of it: waiting, open, committed, released and expired add up to what was
  /// reserved.
  public struct Line: Sendable, Equatable {
    /// Of which item.
    public var item: ItemName
    /// Units reserved.
    public var reserved: Int64
    /// Units that are still waited for.
    public var waiting: Int64
    /// Units that are still held.
    public var open: Int64
    /// Units sold.
    public var committed: Int64
    /// Units given back by a release or an adjustment.
    public var released: Int64
    /// Units given back when the hold's time was over, or not waited for any more.
    public var expired: Int64
    /// Of what was sold, units that have come back.
    public var returned: Int64 = 0
  }
  /// The reservation's id.
  public var id: Name
  /// Of the event that made it.
  public var sequence: UInt64
  /// Where it stands after the last event.
  public var state: ReservationState
  /// For whom, if a customer was named.
  public var customer: Name?
  /// When it was made, in Unix milliseconds.
  public var time: Int64
  /// When it expires, or would have, in Unix milliseconds; `nil`: never, or it still waits.
  public var expires: Int64?
  /// When it gives up waiting, or would have, in Unix milliseconds; `nil`: never, or it did not wait.
  public var givesUp: Int64?
  /// When it was filled, in Unix milliseconds; `nil`: it did not wait, or was not.
  public var filled: Int64?
  /// Something of it is held, or waited for, although its time is over: the next command that is judged expires it.
  public var isDue = false
  /// It stood in line, or still does.
  public var waited: Bool { events.first?.kind == .waiting }
  /// Something of it is held, or waited for.
  var isUnsettled: Bool { lines.contains { $0.open > 0 || $0.waiting > 0 } }
  /// By item number.
  public var lines: [Line]
  /// The `reserved` or `waiting` event and those that filled, changed or settled it, or by which goods of it came back.
  public var events: [RecordedEvent]
}

/// Which events to show.
public struct EventFilter: Sendable {
  /// First and last sequence number.
  public var from: UInt64 = 1
  /// The last sequence number; `nil`: no end.
  public var to: UInt64?
  /// Only events that name this SKU.
  public var sku: Name?
  /// Only events that name an item at this location.
  public var location: Name?
  /// A reservation's id: its events; a key: the event that carries it.
  public var id: Name?
  /// Only events of this customer's reservations.
  public var customer: Name?
  /// Only events with this reference.
  public var reference: Name?
  /// Only events at this time, in Unix milliseconds, or later.
  public var since: Int64?
  /// Only events at this time, in Unix milliseconds, or earlier. Times never decrease: it is an end.
  public var until: Int64?
  /// Only events of these types, by the name of their kind: `EventKind.name`.
  public var types: Set<String>?
  /// Without the events about consumers: what a consumer is told.
  public var isForConsumers = false
  /// All events.
  public init() {}
  /// What a consumer that has come so far is told next.
  package init(behind position: UInt64) {
    from = position + 1
    isForConsumers = true
  }
}

/// A log's vital figures.
public struct LogInfo: Sendable {
  /// A file of the log.
  public struct Segment: Sendable {
    /// The file's name.
    public var name: String
    /// The first event that stands in it, or will.
    public var firstSequence: UInt64
    /// Of the file, and of that what frames and header use (the last segment has preallocated space).
    public var bytes: Int
    /// Of that, what frames and header use.
    public var usedBytes: Int
  }
  /// The log's directory.
  public var path: String
  /// The log's identity.
  public var log: LogID
  /// What was fixed when the log was made.
  public var settings: LogSettings
  /// 1; 0 in an empty log.
  public var firstSequence: UInt64
  /// Of the last event; 0 in an empty log.
  public var lastTime: Int64
  /// Where the chain of frames ends.
  public var head: ChainHead
  /// SHA-256 over all that decides future answers: see the format document.
  public var stateDigest: Digest
  /// The log's files, oldest first.
  public var segments: [Segment]
  /// The last events of the snapshots, ascending.
  public var snapshots: [UInt64]
  /// Items that exist.
  public var items: Int
  /// Reservations of which something is held.
  public var openReservations: Int
  /// Of these, how many are held although their time is over: the next command that is judged expires them.
  public var dueReservations: Int
  /// Reservations that wait in line.
  public var waitingReservations: Int
  /// Who reads the events, by name.
  public var consumers: [ConsumerPosition]
  /// Bytes of a frame at the end that was never acknowledged.
  public var tornBytes: Int
  /// Bytes of the events after the last snapshot that this answer had to replay, before and after compression.
  public var payloadBytes: Int
  /// The same, compressed.
  public var frameBytes: Int
  /// What is wrong with the note of what was acknowledged, after "it"; `nil`: nothing. An auditor calls such a log damaged.
  public var floorFlaw: String?
}

/// A snapshot as `list` and `check` show it.
public struct SnapshotSummary: Sendable {
  /// The last event that it includes.
  public var sequence: UInt64
  /// The file.
  public var path: String
  /// Of the file.
  public var bytes: Int
  /// `nil` if the file cannot be trusted.
  public var stateDigest: Digest?
  /// What is wrong with it; `nil`: nothing.
  public var flaw: String?
}
