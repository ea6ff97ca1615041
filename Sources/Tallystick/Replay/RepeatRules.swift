/// Judges whether the events that a batch's commands repeat are such as a command without a key can repeat: one that made a
/// reservation, or one that was to settle all that was open of one. The rule is ``Rule/stepForm``.
///
/// What stands in another frame is looked up there: some 400 µs for each frame, the last few of which are kept.
struct RepeatRules {
  private let locator: FrameLocator
  /// The frame being replayed, once it was asked for.
  private var present: LocatedFrame?

  init(_ source: any FrameSource) { locator = FrameLocator(source) }

  /// Another frame is replayed from now on.
  mutating func beginFrame() { present = nil }

  /// - Parameter position: of the frame being replayed.
  mutating func admits(_ columns: borrowing EventColumns, _ row: EventColumns.Row, at position: LogPosition) -> Bool {
    // The format cannot say what is yet to come, and a batch's own event is no reservation.
    for result in columns.batches.results(row.ordinal) where result.isRepeat {
      let frame: LocatedFrame
      if result.sequence >= columns.firstSequence {
        if present == nil { present = LocatedFrame(position: position, columns: copy columns) }
        guard let present else { return false }
        frame = present
      } else {
        // What cannot be read any more is no reason to refuse what follows: the auditor names it.
        guard let located = try? locator.frame(holding: result.sequence) else { continue }
        frame = located
      }
      guard let there = frame.row(at: result.sequence), frame.columns.isRepeatable(there) else { return false }
    }
    return true
  }
}

extension EventColumns {
  fileprivate func isRepeatable(_ row: Row) -> Bool {
    switch row.kind {
    case .reserved, .waiting: true
    case .committed: committed.lines.range(row.ordinal).isEmpty
    case .released: released.lines.range(row.ordinal).isEmpty && !released.byAdjust[row.ordinal]
    case .itemRegistered, .received, .expired, .returned, .adjusted, .transferred, .limitSet, .batch, .extended,
      .amended,
      .committedMore, .transferredWith, .returnedOf, .floorSet, .recipeSet, .preferenceSet, .reopened, .filled,
      .acknowledged, .consumerForgotten, .refused:
      false
    }
  }
}
