/// The life of one reservation.
extension LogReader {
  /// One reservation and everything that happened to it; `nil` if there is none of that id.
  ///
  /// Cost: a fold of the whole log, or from the reservation's event on where an index knows it.
  public func show(_ id: Name) throws(TallyError) -> ReservationStory? {
    var story: ReservationStory?
    var filter = EventFilter()
    filter.from = try firstSequence(of: id)
    let replay = try start(filter)
    try replay.advance(visit: { columns, row, state in
      guard row.sequence >= filter.from else { return true }
      let wanted: Bool
      switch row.kind {
      case .reserved:
        wanted = story == nil && columns.reserved.ids.withBytes(row.ordinal) { id.bytes.elementsEqual($0) }
      case .waiting:
        wanted = story == nil && columns.waiting.ids.withBytes(row.ordinal) { id.bytes.elementsEqual($0) }
      case .committed, .released, .expired, .extended, .amended, .committedMore, .returnedOf, .filled:
        wanted = columns.reference(of: row) == story?.sequence
      case .transferredWith:
        wanted = columns.transferredWith.holds[row.ordinal].contains { $0.reservation == story?.sequence }
      case .itemRegistered, .received, .returned, .adjusted, .transferred, .limitSet, .batch, .floorSet:
        wanted = false
      }
      guard wanted else { return true }
      let event = EventRecorder.record(columns, row, before: state)
      if story == nil { story = ReservationStory(made: event) } else { story?.add(event) }
      return story?.isUnsettled ?? true
    })
    if let made = story, !made.isUnsettled {
      story = try addingReturns(to: made, replay.state)
    }
    if let end = story?.state == .waiting ? story?.givesUp : story?.expires, story?.isUnsettled ?? false {
      story?.isDue = end <= SystemClock.now()
    }
    return story
  }

  /// The story of a closed reservation with what came back of it afterwards.
  ///
  /// Cost: some pages where an index covers the log, and a fold of what follows.
  private func addingReturns(to closed: ReservationStory, _ state: State) throws(TallyError) -> ReservationStory {
    var story = closed
    let last = closed.events.last?.sequence ?? 0
    let names = SealedNames(SealedNames.load(stored, warn: warn), stored.source)
    let locator = FrameLocator(stored.source)
    for event in names.returns(of: closed.sequence) where event > last {
      let frame = try locator.frame(holding: event)
      if let row = frame.row(at: event) { story.add(EventRecorder.record(frame.columns, row, before: state)) }
    }
    var filter = EventFilter()
    filter.from = max(last, names.coveredSequence) + 1
    try start(filter).advance(visit: { columns, row, state in
      if row.sequence >= filter.from, row.kind == .returnedOf, columns.reference(of: row) == closed.sequence {
        story.add(EventRecorder.record(columns, row, before: state))
      }
      return true
    })
    return story
  }

  /// Where to begin to look for the reservation: its own event if a sealed index knows it.
  private func firstSequence(of id: Name) throws(TallyError) -> UInt64 {
    let names = SealedNames(SealedNames.load(stored, warn: warn), stored.source)
    for candidate in names.candidates(SipHash(log: log)(id)) where names.record(at: candidate.sequence)?.name == id {
      return candidate.sequence
    }
    return names.failure == nil ? names.coveredSequence + 1 : 1
  }
}
