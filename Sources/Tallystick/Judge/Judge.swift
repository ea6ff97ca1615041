/// (state, command, time) → events or a rejection: the rules of the domain, in the order of the contract.
///
/// Pure but for what `history` remembers: no clock, no file, no random source. Every event is appended to the columns
/// and folded at once, so that the next command sees it.
struct Judge: Sendable {
  /// An explicit time may be this far ahead of the clock, in milliseconds.
  static let clockTolerance: Int64 = 60_000
  /// What one atomic step may add to a frame.
  static let maxStepEvents = 200_000
  static let maxStepBytes = 8 << 20

  struct KeyRecord: Sendable {
    var name: Name
    var digest: ContentDigest
    var results: [EventColumns.BatchResult]
  }

  var state = State()
  /// Names since the last sealed index.
  var names = RecentNames()
  /// Keys since the last sealed index, by the sequence number of their event.
  var keys: [UInt64: KeyRecord] = [:]
  var history: (any NameHistory)?
  /// A return or a transfer registers no items: ``LogSettings/refusesNewItems``.
  var refusesNewItems = false
  /// What was refused and is not told yet; `nil`: ``LogSettings/journalsRefusals`` is off.
  var refusals: RefusalJournal?
  /// The time of the judgement that is under way, or of the last one.
  var judgedTime: Int64 = 0
  let hash: SipHash
  let contentHash: ContentHash
  /// Slots of the reservations that the rows settle which are being judged; −1: none, or not found yet.
  var preparedSlots: [Int] = []
  /// What was known of the names of those rows before the first of them was judged.
  var knownNames = KnownNames()
  /// Holds of the run that is being judged.
  var run: [ReservationRecord] = []
  /// Fingerprints remembered since a batch began, to be forgotten if it is taken back.
  private(set) var namesOfBatch: [(fingerprint: UInt64, sequence: UInt64)] = []
  /// The key of the batch that is being judged.
  var keyOfBatch: Name?
  var isInBatch = false { didSet { namesOfBatch.removeAll(keepingCapacity: true) } }

  init(log: LogID) {
    hash = SipHash(log: log)
    contentHash = ContentHash(log: log)
    state.keepsClosed = true
  }

  /// Judges a command at the time that the clock, the command and the log's last event give it.
  ///
  /// - Parameters:
  ///   - clock: Unix milliseconds.
  ///   - events: what happened is appended here; a rejection appends nothing but expiries.
  mutating func judge(_ command: Command, clock: Int64, into events: inout EventColumns) -> Outcome {
    if let flaw = command.flaw { return .invalid(flaw) }
    return judgeSound(command, clock: clock, into: &events)
  }

  /// The same for a command without a flaw.
  mutating func judgeSound(_ command: Command, clock: Int64, into events: inout EventColumns) -> Outcome {
    guard let time = time(of: command.time, clock: clock) else {
      return .rejected(Rejection(.time, at: state.lastSequence))
    }
    catchUp(at: time, into: &events)
    if case .batch(let operations) = command.operation {
      return judgeBatch(operations, command, time: time, into: &events)
    }
    return judgeOperation(
      command.operation, key: command.key,
      expected: command.expectedSequence.map { Expectation(sequence: $0, isBeyondEnd: $0 > state.lastSequence) },
      time: time, more: false, into: &events)
  }

  /// When a command with this explicit time is judged; `nil`: at no time.
  func time(of explicit: Int64?, clock: Int64) -> Int64? {
    guard let explicit else { return max(clock, state.lastTime) }
    return explicit >= state.lastTime && explicit <= clock + Judge.clockTolerance ? explicit : nil
  }

  /// Expires what is due at `time`, holds and reservations that have waited long enough, each in a step of its own: see
  /// ``catchUp(at:into:atMost:)``.
  ///
  /// - Returns: false if `limit` was reached and more are due.
  @discardableResult
  mutating func expireDue(at time: Int64, into events: inout EventColumns, atMost limit: Int = .max) -> Bool {
    var left = limit
    while state.due.count > 0, let entry = state.nextDue(), entry.expires <= time {
      guard left > 0 else { return false }
      left -= 1
      events.appendExpiry(reservation: entry.sequence, time: time)
      foldLast(&events)
    }
    return true
  }

  /// Folds the row appended last.
  @inline(__always) mutating func foldLast(_ events: inout EventColumns) {
    guard let row = events.last else { return }
    let broken = state.fold(&events, row)
    // The judge has checked everything that the fold checks: a broken rule here is a bug, and nothing may be written.
    precondition(broken == nil, "the judge made event \(row.sequence) that breaks \(broken?.rawValue ?? "")")
  }

  /// Remembers a name that the last event brought.
  @inline(__always) mutating func remember(_ fingerprint: UInt64) {
    names.insert(fingerprint, state.lastSequence)
    if isInBatch { namesOfBatch.append((fingerprint, state.lastSequence)) }
  }

  mutating func rememberKey(
    _ key: Name?, _ digest: ContentDigest, results: [EventColumns.BatchResult] = []
  ) {
    guard let key else { return }
    names.insert(hash(key), state.lastSequence)
    keys[state.lastSequence] = KeyRecord(name: key, digest: digest, results: results)
  }

  /// Has the memory that the next reservations will need made ready beside the judge. Any judgement is the same without.
  @inline(__always) func growAhead() {
    names.growAhead()
    state.reservations.growAhead()
  }

  /// Memory of names and closed reservations that no sealed index covers yet, about.
  var unsealedBytes: Int { names.unsealedCount * 16 + state.recentlyClosed.count * 88 }

  /// What comes from now on is not in the index that is about to be sealed.
  mutating func beginGeneration() { names.beginGeneration(after: state.lastSequence) }

  /// Forgets names and closed reservations that a sealed index covers now.
  mutating func forget(through sequence: UInt64) {
    keys = keys.filter { $0.key > sequence }
    state.forgetClosed(through: sequence)
    names.seal(through: sequence, state.reservations)
  }

  func rejected(
    _ reason: Rejection.Reason, short: [Rejection.Shortage] = [], item: ItemName? = nil,
    detail: Rejection.Detail? = nil
  ) -> Outcome {
    .rejected(Rejection(reason, at: state.lastSequence, short: short, item: item, detail: detail))
  }

  func accepted() -> Outcome { .accepted(Acceptance(sequence: state.lastSequence)) }
}
