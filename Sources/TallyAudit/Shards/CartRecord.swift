import TallyFormat

/// One shard's part of a cart, as the shard's log tells it.
struct CartRecord {
  /// The event that made the hold.
  let sequence: UInt64
  let customer: Name
  let timeToLive: Int64
  let lines: [CartContent.Line]
  /// Units of it that are still held.
  var open: Int64
  /// The events that sold it, gave some of it back, and confirmed it (in the home's log).
  var committed: UInt64?
  var released: UInt64?
  var confirmed: UInt64?
  /// The event that changed it by itself, as no router does.
  var altered: UInt64?
  /// What was found in the first reading of the logs, not only in the second.
  var wasCommitted = false
  var wasConfirmed = false
}
