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
      guard row.sequence >= filter.from, Self.isOf(id, story?.sequence, columns, row) else { return true }
      let event = EventRecorder.record(columns, row, before: state)
      if story == nil { story = ReservationStory(made: event) } else { story?.add(event) }
      return story?.isUnsettled ?? true
    })
    if let made = story, !made.isUnsettled {
      story = try addingRest(to: made, replay.state)
    }
    if let end = story?.state == .waiting ? story?.givesUp : story?.expires, story?.isUnsettled ?? false {
      story?.isDue = end <= SystemClock.now()
    }
    return story
  }

  /// Whether an event makes the reservation of an id, or changes one that was made.
  ///
  /// - Parameter made: the number of the event that made it; `nil`: none yet.
  private static func isOf(_ id: Name, _ made: UInt64?, _ columns: EventColumns, _ row: EventColumns.Row) -> Bool {
    switch row.kind {
    case .reserved: made == nil && columns.reserved.ids.withBytes(row.ordinal) { id.bytes.elementsEqual($0) }
    case .waiting: made == nil && columns.waiting.ids.withBytes(row.ordinal) { id.bytes.elementsEqual($0) }
    case .committed, .released, .expired, .extended, .amended, .committedMore, .returnedOf, .reopened, .filled:
      columns.reference(of: row) == made
    case .transferredWith: columns.transferredWith.holds[row.ordinal].contains { $0.reservation == made }
    case .itemRegistered, .received, .returned, .adjusted, .transferred, .limitSet, .batch, .floorSet, .recipeSet,
      .acknowledged, .consumerForgotten, .preferenceSet, .refused:
      false
    }
  }

  /// The story of a closed reservation with what came back of it afterwards, and with what became of it if it was
  /// reopened.
  ///
  /// Cost: some pages where an index covers the log, and a fold of what follows; after a reopening, of all that follows
  /// it.
  private func addingRest(to closed: ReservationStory, _ state: State) throws(TallyError) -> ReservationStory {
    var story = closed
    let last = closed.events.last?.sequence ?? 0
    let names = SealedNames.forQuestions(stored, warn: warn)
    let locator = FrameLocator(stored.source)
    let reopening = names.reopenings(of: closed.sequence).first { $0 > last } ?? .max
    for event in names.returns(of: closed.sequence) where event > last && event < reopening {
      let frame = try locator.frame(holding: event)
      if let row = frame.row(at: event) { story.add(EventRecorder.record(frame.columns, row, before: state)) }
    }
    var filter = EventFilter()
    filter.from = min(reopening, max(last, names.coveredSequence) + 1)
    try start(filter).advance(visit: { columns, row, state in
      if row.sequence >= filter.from, Self.isOf(closed.id, closed.sequence, columns, row) {
        story.add(EventRecorder.record(columns, row, before: state))
      }
      return true
    })
    return story
  }

  /// The number of the event that made a reservation; `nil` if there is none of that id.
  ///
  /// Cost: a look into the index; where that does not know the id, the frames behind it are decoded, and not folded.
  package func sequence(ofReservation id: Name) throws(TallyError) -> UInt64? {
    let first = try firstSequence(of: id)
    do throws(LogError) {
      // From one event before: behind what the index covers there may be none yet.
      let known = max(1, first) - 1
      let start: FrameStart =
        known == 0 ? .beginning : .place(try stored.source.position(ofEvent: known), sequence: known)
      let frames = try stored.source.frames(from: start, showsUnsynced: false)
      let decompressor = LZ4Decompressor()
      var columns = EventColumns(firstSequence: 1)
      while case .frame(let frame, let position) = try frames.next() {
        do throws(MalformedBytes) { try decompressor.refill(&columns, from: frame) } catch {
          throw .damaged(position, sequence: frame.firstSequence, reason: "\(error)")
        }
        // All ids of a frame at a time: nearly always it is in none of them.
        if columns.reserved.ids.contains(id) || columns.waiting.ids.contains(id) {
          var cursor = EventColumns.Cursor()
          while let row = columns.next(&cursor) {
            if row.kind == .reserved || row.kind == .waiting, Self.isOf(id, nil, columns, row) { return row.sequence }
          }
        }
        frames.recycle(frame)
      }
      return nil
    } catch {
      throw .log(error)
    }
  }

  /// Where to begin to look for the reservation: its own event if a sealed index knows it.
  private func firstSequence(of id: Name) throws(TallyError) -> UInt64 {
    let names = SealedNames.forQuestions(stored, warn: warn)
    for candidate in names.candidates(SipHash(log: log)(id)) where names.record(at: candidate.sequence)?.name == id {
      return candidate.sequence
    }
    return names.failure == nil ? names.coveredSequence + 1 : 1
  }
}
