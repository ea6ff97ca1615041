import TallyFormat

/// What an audit concludes. The raw values are stable.
public enum Verdict: String, Sendable {
  /// The chain is whole and every rule held after every event. A torn last frame does not change that.
  case proven
  /// The bytes are intact, but an event breaks a rule.
  case violated
  /// The log contradicts a checkpoint or a snapshot.
  case inconsistent
  /// Bytes that cannot be trusted; what is reported holds up to there.
  case damaged
}

/// Where and why bytes cannot be trusted.
public struct Damage: Sendable, Equatable {
  /// The file's name within the log: a segment's, a snapshot's, or `floor`.
  public var file: String
  /// Bytes from the file's beginning.
  public var offset: Int
  /// The first event that is lost to it.
  public var sequence: UInt64
  /// Why, in words for people; not stable.
  public var detail: String
}

/// A witness outside the chain that says something else than the log.
public struct Contradiction: Sendable, Equatable {
  /// `checkpoint`, or the snapshot's file name.
  public var witness: String
  /// The event up to which they were compared.
  public var sequence: UInt64
  /// What differs, in words for people; not stable.
  public var detail: String
  /// The first frame that differs, from 0, if that is known.
  public var frame: UInt64?
}

/// What became of one snapshot file.
public struct SnapshotFinding: Sendable, Equatable {
  /// What a comparison with the replay came to. The raw values are stable.
  public enum Status: String, Sendable {
    /// Its bytes are intact and the replay arrives at its state.
    case consistent
    /// Its bytes are intact and the replay arrives at another state.
    case inconsistent
    /// Its bytes do not match their own digests.
    case damaged
    /// The replay ended in damage before its sequence number, or a rule was broken by then.
    case notReached = "not-reached"
  }
  /// The file's name.
  public var file: String
  /// The last event that it covers, by its file name.
  public var sequence: UInt64
  /// What became of it.
  public var status: Status
  /// The digest it names; `nil` if it cannot be read.
  public var stateDigest: Digest?
  /// What is wrong, in words; empty if nothing is.
  public var detail: String
}

/// The lowest available of an item after an event that took stock of it.
public struct LowestAvailable: Sendable, Equatable {
  /// The item's SKU.
  public var sku: String
  /// The item's location.
  public var location: String
  /// Units: on hand less held, as low as it ever was.
  public var available: Int64
  /// The first event that left it so.
  public var sequence: UInt64
  /// On hand and held after the last event.
  public var onHand: Int64
  /// Units held after the last event.
  public var held: Int64
}

/// What of an item is waited for after the last event.
public struct WaitedFor: Sendable, Equatable {
  /// The item's SKU.
  public var sku: String
  /// The item's location.
  public var location: String
  /// Reservations that wait for some of it.
  public var reservations: Int
  /// Units that they wait for together.
  public var units: Int64
  /// Units on hand, not held, and above the floor.
  public var available: Int64
}

/// Demand that the log says was not met.
public struct RefusedDemand: Sendable, Equatable {
  /// The item's SKU; `nil`: of items that were too many to be told apart.
  public var sku: String?
  /// The item's location.
  public var location: String?
  /// How often it was asked for in vain, repeated asks included.
  public var asks: UInt64
  /// Units refused because less was available.
  public var insufficient: UInt64
  /// Units refused because of a customer's limit.
  public var limited: UInt64
  /// Units refused.
  public var units: UInt64 { insufficient &+ limited }
}

/// What an item is made of after the last event.
public struct RecipeFinding: Sendable, Equatable {
  /// A part, and how many of it one unit takes.
  public struct Part: Sendable, Equatable {
    /// The part's SKU.
    public var sku: String
    /// The part's location.
    public var location: String
    /// Units of it.
    public var quantity: Int64
  }
  /// The item's SKU.
  public var sku: String
  /// The item's location.
  public var location: String
  /// A unit of its own stock is taken, too.
  public var hasOwnStock: Bool
  /// By item number.
  public var parts: [Part]
}

/// The log's state at one moment, for charts.
public struct TimelinePoint: Sendable, Equatable {
  /// The last event that counts.
  public var sequence: UInt64
  /// Unix milliseconds.
  public var time: Int64
  /// Sums over all items.
  public var onHand: Int64
  /// Units held, of all items.
  public var held: Int64
}

/// Everything that an audit found. Printed as the contract's object by ``json``.
public struct AuditReport: Sendable {
  /// The conclusion; the gravest, if there are several.
  public var verdict: Verdict = .proven
  /// `nil` if not even the first segment's header can be read.
  public var log: LogID?
  /// 1, and ``lastSequence`` 0, in a log without events.
  public var firstSequence: UInt64 = 1
  /// Where the chain of intact frames ends.
  public var head = ChainHead.empty
  /// The last event judged.
  public var lastSequence: UInt64 { head.lastSequence }
  /// The last event that an earlier audit had proven, so that this one began behind it; `nil`: it judged all.
  public var rememberedSequence: UInt64?
  /// Events judged, by this audit or one before.
  public var events = 0
  /// Frames judged, empty ones included.
  public var frames = 0
  /// Reservations ever made.
  public var reservations = 0
  /// Of them, those that stood in line.
  public var waited = 0
  /// Who reads the events, and says how far.
  public var consumers = 0
  /// The lowest event up to which one of them has handled all; 0: one has handled none, or there is none.
  public var lowestConsumed: UInt64 = 0
  /// Of those that stood in line, how many were filled.
  public var filled = 0
  /// Of those that stood in line, how many still do.
  public var waiting = 0
  /// Items ever registered.
  public var items = 0
  /// The lowest available of any item after an event that takes stock; `nil` if none did.
  public var minAvailable: Int64?
  /// The first event that left it.
  public var minAvailableSequence: UInt64?
  /// Of the state after the last event. Means nothing if a rule was broken: see ``agreedStateDigest``.
  public var stateDigest = Digest.zero
  /// Bytes at the end of a frame that was never acknowledged.
  public var tornBytes = 0
  /// The time of the first and the last event, Unix milliseconds.
  public var firstTime: Int64 = 0
  /// The time of the last event, Unix milliseconds.
  public var lastTime: Int64 = 0
  /// The first violations, in the log's order, up to ``AuditOptions/violationLimit``.
  public var violations: [Violation] = []
  /// All violations, those not listed included.
  public var violationCount = 0
  /// The first damage; `nil`: none. Nothing after it was judged.
  public var damage: Damage?
  /// What witnesses outside the chain say otherwise.
  public var contradictions: [Contradiction] = []
  /// The answer to ``AuditOptions/stock``; `nil`: nothing was asked, there was no such item, or the log could not be folded
  /// so far.
  public var stock: StockFinding?
  /// All snapshots, by sequence number.
  public var snapshots: [SnapshotFinding] = []
  /// What a reader should know though it changes no verdict.
  public var warnings: [String] = []
  /// The items whose available fell lowest, up to ``AuditOptions/itemLimit``, lowest first.
  public var lowest: [LowestAvailable] = []
  /// Items that somebody waits for now, the most wanted first, up to ``AuditOptions/itemLimit``.
  public var waitedFor: [WaitedFor] = []
  /// Demand that the log says was not met, the largest first, up to ``AuditOptions/itemLimit``.
  public var refused: [RefusedDemand] = []
  /// Items that have a recipe now, by their numbers, up to ``AuditOptions/itemLimit``.
  public var recipes: [RecipeFinding] = []
  /// At most 512 points, evenly spread over the frames.
  public var timeline: [TimelinePoint] = []
  /// How the log came to where it is; `nil`: not asked for, or there is nothing to tell of.
  package var history: AuditHistory?
  /// How long the audit took, without the reading again that a history takes.
  public var duration = Duration.zero
  package var seconds: Double { duration / .seconds(1) }

  /// Of a log without events.
  public init() {}

  /// ``stateDigest``; `nil` if a rule was broken: what becomes of the state then is no two readers' to agree on.
  public var agreedStateDigest: Digest? { violationCount == 0 ? stateDigest : nil }
}
