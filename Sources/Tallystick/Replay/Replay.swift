/// Reads a log from a snapshot (or from its beginning) on and folds it. Every follower is one: recovery, snapshots,
/// queries.
///
/// Needs no lock. One thread at a time.
final class Replay<Fold: EventFold> {
  private(set) var fold: Fold
  /// The frames, in order.
  let frames: any FrameReader
  /// The snapshot that the replay began from; 0: none.
  let snapshotSequence: UInt64
  /// The frame read last and where it begins.
  private(set) var lastFrame: (frame: Frame, position: LogPosition)?
  /// The last frame with events, and the one with events before it.
  private(set) var lastEventFrame: (frame: Frame, position: LogPosition)?
  private var earlierEventFrame: (frame: Frame, position: LogPosition)?
  private(set) var epoch: UInt64 = 0
  private(set) var end: LogEnd?
  /// Bytes of the frames read.
  private(set) var frameBytes = 0
  /// Bytes of their payloads, decompressed.
  private(set) var payloadBytes = 0

  private var columns = EventColumns(firstSequence: 1)
  private var cursor = EventColumns.Cursor()
  private let decompressor = LZ4Decompressor()
  private var steps = StepRules()
  private var contents = ContentRules()
  private var repeats: RepeatRules
  /// Some name of the present frame may be none.
  private var hasOddNames = false
  /// Some event of the present frame has a key.
  private var hasKeys = false
  /// The present frame has such names or keys, or steps of several events: then its events are judged one by one.
  private var needsLook = false
  private let stored: StoredLog
  private var floor: LogFloor

  /// - Parameter floor: what the log must hold when its end is reached.
  init(
    _ fold: Fold, _ stored: StoredLog, from snapshot: LoadedSnapshot?, floor: LogFloor, showsUnsynced: Bool = false
  ) throws(TallyError) {
    self.fold = fold
    self.stored = stored
    repeats = RepeatRules(stored.source)
    self.floor = floor
    snapshotSequence = snapshot?.sequence ?? 0
    do throws(LogError) {
      frames = try stored.source.frames(
        from: snapshot.map { .place($0.framePosition, sequence: $0.frame.firstSequence) } ?? .beginning,
        showsUnsynced: showsUnsynced)
    } catch {
      throw .log(error)
    }
    if let snapshot {
      self.floor.begin(at: snapshot.sequence)
      let keepsClosed = fold.state.keepsClosed
      self.fold.state = snapshot.state
      self.fold.state.keepsClosed = keepsClosed
      guard try readFrame(), lastFrame?.frame.hash == snapshot.frame.hash else {
        throw .log(
          .damaged(snapshot.framePosition, sequence: snapshot.sequence, reason: "the snapshot's frame is gone"))
      }
      // The snapshot has the frame's first rows already.
      while firstUnfolded <= snapshot.sequence, columns.next(&cursor) != nil {}
    }
  }

  private var firstUnfolded: UInt64 { columns.firstSequence + UInt64(cursor.row) }
  var state: State { _read { yield fold.state } }

  /// The frame that holds an event at or just before the replay's place.
  func frame(holding sequence: UInt64) -> (frame: Frame, position: LogPosition)? {
    if let frame = lastEventFrame, frame.frame.firstSequence <= sequence { return frame }
    return earlierEventFrame
  }

  /// Gives the fold away; the replay is over.
  func finish() -> Fold { fold }

  /// Changes the fold between two calls of ``advance(to:visit:)``.
  func withFold<R>(_ body: (inout Fold) -> R) -> R { body(&fold) }

  /// Folds whole steps up to `moment`; without a visitor, as fast as the fold goes.
  ///
  /// - Parameter visit: sees each row and the state before it; returns false to stop before this row.
  /// - Returns: false if `visit` stopped it; true when the moment or the end of the log is reached.
  @discardableResult
  func advance(
    to moment: Moment = .now,
    visit: ((borrowing EventColumns, EventColumns.Row, borrowing State) -> Bool)? = nil
  ) throws(TallyError) -> Bool {
    while true {
      let limit = rowLimit(moment)
      if let visit {
        while cursor.row < limit {
          let before = cursor
          guard let row = columns.next(&cursor) else { break }
          if !Replay.show(row, of: &columns, before: &fold.state, to: visit) {
            cursor = before
            return false
          }
          if let rule = judge(row) { throw broken(rule, row.sequence) }
        }
      } else if needsLook {
        while cursor.row < limit, let row = columns.next(&cursor) {
          if let rule = judge(row) { throw broken(rule, row.sequence) }
        }
      } else {
        let start = cursor
        if let (rule, sequence) = fold.fold(&columns, from: &cursor, before: limit) {
          throw broken(refined(rule, at: sequence, from: start), sequence)
        }
      }
      if cursor.row < columns.count { return true }
      if case .sequence(let sequence) = moment, sequence < frames.head.nextSequence { return true }
      guard try readFrame() else { return true }
    }
  }

  /// Lends columns and state: what a closure is handed of an object's properties would be copied for each event, dozens of
  /// references. (Measured: 60 % of a reservation's story.)
  @inline(__always)
  private static func show(
    _ row: EventColumns.Row, of columns: inout EventColumns, before state: inout State,
    to visit: (borrowing EventColumns, EventColumns.Row, borrowing State) -> Bool
  ) -> Bool { visit(columns, row, state) }

  /// Folds an event with every rule judged; returns the one that it breaks.
  private func judge(_ row: EventColumns.Row) -> Rule? {
    guard needsLook else { return fold.fold(&columns, row).map { refined($0, row) } }
    // The step is judged by the state before the event, and reported only if nothing plainer is wrong.
    var isInPlace = !steps.needsLook(row) || steps.admits(&columns, row, &fold.state)
    if row.kind == .batch, let frame = lastFrame {
      isInPlace = isInPlace && repeats.admits(columns, row, at: frame.position)
    }
    let isAsAsked = !hasKeys || contents.admits(&columns, row, &fold.state)
    if hasOddNames, !NameRules.admits(&columns, row) { return .nameForm }
    if let rule = fold.fold(&columns, row) { return refined(rule, row) }
    if !isInPlace { return .stepForm }
    return isAsAsked ? nil : .keyContent
  }

  /// As ``refined(_:_:)``, for an event at or behind `start`.
  private func refined(_ rule: Rule, at sequence: UInt64, from start: EventColumns.Cursor) -> Rule {
    guard rule == .settledTwice else { return rule }
    var cursor = start
    while let row = columns.next(&cursor) {
      if row.sequence == sequence { return refined(rule, row) }
    }
    return rule
  }

  /// A fold that keeps no closed reservations cannot tell one from what never was a reservation: the log can.
  private func refined(_ rule: Rule, _ row: EventColumns.Row) -> Rule {
    guard rule == .settledTwice else { return rule }
    guard let reference = columns.reference(of: row) ?? missingHold(row) else { return rule }
    let there =
      reference >= columns.firstSequence
      ? columns : try? FrameLocator(stored.source).frame(holding: reference).columns
    guard let there, reference >= there.firstSequence, reference < there.nextSequence else { return rule }
    let kind = EventKind(rawValue: there.kinds[Int(reference - there.firstSequence)] >> 1)
    return kind == .reserved || kind == .waiting ? rule : .unknownReservation
  }

  /// The first reservation that a transfer names which is not open.
  private func missingHold(_ row: EventColumns.Row) -> UInt64? {
    guard row.kind == .transferredWith else { return nil }
    return columns.transferredWith.holds[row.ordinal].map(\.reservation).first {
      state.reservations[$0]?.isOpen != true
    }
  }

  private func broken(_ rule: Rule, _ sequence: UInt64) -> TallyError {
    .ruleBroken(rule, sequence: sequence, position: lastFrame?.position ?? frames.position)
  }

  /// How many rows of the present frame belong to the moment: whole steps only.
  private func rowLimit(_ moment: Moment) -> Int {
    var limit = columns.count
    switch moment {
    case .now: return limit
    case .sequence(let sequence):
      if sequence < columns.firstSequence { return 0 }
      limit = Int(min(UInt64(limit), sequence - columns.firstSequence + 1))
    case .time(let time):
      while limit > 0, columns.times[limit - 1] > time { limit -= 1 }
    }
    while limit > 0, columns.kinds[limit - 1] & 1 == 1 { limit -= 1 }
    return limit
  }

  /// Reads the next frame into the columns; false at the end.
  private func readFrame() throws(TallyError) -> Bool {
    let item: FrameItem
    let expected = frames.head.nextSequence
    do throws(LogError) { item = try frames.next() } catch { throw .log(error) }
    switch item {
    case .end(let end):
      self.end = end
      try floor.check(last: expected - 1, end)
      return false
    case .frame(let frame, let position):
      guard frame.firstSequence == expected else {
        throw .ruleBroken(.sequenceGap, sequence: frame.firstSequence, position: position)
      }
      guard frame.epoch >= epoch else { throw .ruleBroken(.epochBackwards, sequence: expected, position: position) }
      epoch = frame.epoch
      floor.see(frame)
      frameBytes += frame.bytes.count
      lastFrame = (frame, position)
      if !frame.isEmpty {
        earlierEventFrame = lastEventFrame
        lastEventFrame = lastFrame
      }
      do throws(MalformedBytes) { columns = try decompressor.columns(of: frame) } catch {
        throw .log(.damaged(position, sequence: frame.firstSequence, reason: "the frame \(error)"))
      }
      hasOddNames = !NameRules.arePlain(&columns)
      hasKeys = EventKind.allCases.contains { columns.keys(of: $0)?.keys.bytes.isEmpty == false }
      needsLook = hasOddNames || hasKeys || StepRules.mayMatter(&columns)
      repeats.beginFrame()
      payloadBytes += frame.isEmpty ? 0 : decompressor.lastCount
      cursor = EventColumns.Cursor()
      return true
    }
  }
}
