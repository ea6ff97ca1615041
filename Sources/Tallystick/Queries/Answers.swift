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
}

/// One reservation and everything that happened to it.
public struct ReservationStory: Sendable {
  public struct Line: Sendable, Equatable {
    public var item: ItemName
    public var reserved: Int64
    public var open: Int64
    public var committed: Int64
    public var released: Int64
    public var expired: Int64
  }
  public var id: Name
  public var sequence: UInt64
  public var state: ReservationState
  public var customer: Name?
  public var time: Int64
  public var expires: Int64?
  public var lines: [Line]
  /// The `reserved` event and those that settled it.
  public var events: [RecordedEvent]
}

/// Which events to show.
public struct EventFilter: Sendable {
  /// First and last sequence number.
  public var from: UInt64 = 1
  public var to: UInt64?
  public var sku: Name?
  public var location: Name?
  /// A reservation's id: its events; a key: the event that carries it.
  public var id: Name?
  public init() {}
}

/// A log's vital figures.
public struct LogInfo: Sendable {
  public struct Segment: Sendable {
    public var name: String
    public var firstSequence: UInt64
    /// Of the file, and of that what frames and header use (the last segment has preallocated space).
    public var bytes: Int
    public var usedBytes: Int
  }
  public var path: String
  public var log: LogID
  public var settings: LogSettings
  public var firstSequence: UInt64
  /// Of the last event; 0 in an empty log.
  public var lastTime: Int64
  /// Where the chain of frames ends.
  public var head: ChainHead
  public var stateDigest: Digest
  public var segments: [Segment]
  public var snapshots: [UInt64]
  public var items: Int
  public var openReservations: Int
  public var tornBytes: Int
  /// Bytes of the events after the last snapshot that this answer had to replay, before and after compression.
  public var payloadBytes: Int
  public var frameBytes: Int
  /// What is wrong with the note of what was acknowledged, after "it"; `nil`: nothing. An auditor calls such a log damaged.
  public var floorFlaw: String?
}

/// A snapshot as `list` and `check` show it.
public struct SnapshotSummary: Sendable {
  public var sequence: UInt64
  public var path: String
  public var bytes: Int
  /// `nil` if the file cannot be trusted.
  public var stateDigest: Digest?
  /// What is wrong with it; `nil`: nothing.
  public var flaw: String?
}
