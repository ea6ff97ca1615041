/// Judges whether the events of one atomic step are what some command makes: what a judge makes by itself, a replay must
/// see for itself. The rule is ``Rule/stepForm``.
///
/// A step is an expiry; or a filling; or registrations alone; or one command with what comes just before it (registrations of items that it moves stock into
/// or gives a recipe,
/// or the releases that make room for an adjust); or several commands, with a `batch` event at the end if they had a key.
struct StepRules {
  private struct Release {
    var reservation: UInt64
    /// It leaves nothing open.
    var isWhole: Bool
    var lines: [LineEntry]
  }

  /// The last event said that its step goes on.
  private var isOpen = false
  private var time: Int64 = 0
  private var registered: [ItemNumber] = []
  private var releases: [Release] = []
  /// The commands' own events so far.
  private var commands: [UInt64] = []
  private var keys = 0

  /// False for a frame in which every event is a whole step by itself; no step goes on in another frame.
  static func mayMatter(_ columns: inout EventColumns) -> Bool {
    let registration = EventKind.itemRegistered.rawValue << 1
    let batch = EventKind.batch.rawValue << 1
    var matters = false
    // Without leaving the loop early the compiler takes 16 or 32 events at a time.
    for kind in columns.kinds { matters = matters || kind & 1 == 1 || kind == registration || kind == batch }
    return matters || columns.released.byAdjust.contains(true) || !columns.transferredWith.quantities.isEmpty
  }

  /// Most events are whole steps by themselves: nothing is to be judged then.
  @inline(__always) func needsLook(_ row: EventColumns.Row) -> Bool {
    isOpen || row.more || row.kind == .itemRegistered || row.kind == .batch || row.kind == .released
      || row.kind == .transferredWith
  }

  /// Takes the next event, with the state before it; false if no command makes it here. Neither is changed: they are
  /// passed in place because a borrow would copy them (a tenth of the replay of a log that registers many items).
  mutating func admits(_ columns: inout EventColumns, _ row: EventColumns.Row, _ state: inout State) -> Bool {
    let isByAdjust = row.kind == .released && columns.released.byAdjust[row.ordinal]
    if !isOpen, !row.more, row.kind == .released, !isByAdjust { return true }
    let isRight = fits(&columns, row, &state, isByAdjust: isByAdjust)
    time = row.time
    isOpen = row.more
    if row.more { return isRight }
    // Registrations alone are a register's.
    let isRegister = row.kind == .itemRegistered && commands.isEmpty
    let isWhole = (registered.isEmpty || isRegister) && releases.isEmpty
    let isBatch = row.kind == .batch || commands.count < 2 || keys == 0
    let isBounded = commands.count <= Limits.maxBatchCommands
    registered.removeAll()
    releases.removeAll()
    commands.removeAll()
    keys = 0
    return isRight && isWhole && isBatch && isBounded
  }

  private mutating func fits(
    _ columns: inout EventColumns, _ row: EventColumns.Row, _ state: inout State, isByAdjust: Bool
  ) -> Bool {
    guard !isOpen || row.time == time else { return false }
    let hasKey = columns.key(of: row) != nil
    if hasKey { keys += 1 }
    switch row.kind {
    case .itemRegistered:
      registered.append(ItemNumber(UInt32(truncatingIfNeeded: state.items.count)))
      return releases.isEmpty
    case .expired, .filled, .acknowledged, .consumerForgotten, .refused:
      return !isOpen && !row.more
    case .released where isByAdjust:
      releases.append(
        StepRules.release(
          of: columns.released.references[row.ordinal], columns.released.lines[row.ordinal], &state))
      return registered.isEmpty && !hasKey
    case .received: return moves(into: columns.received.lines[row.ordinal].lazy.map(\.item), row)
    case .returned: return moves(into: columns.returned.lines[row.ordinal].lazy.map(\.item), row)
    case .transferred: return moves(into: CollectionOfOne(columns.transferred.to[row.ordinal]), row)
    case .recipeSet: return moves(into: CollectionOfOne(columns.recipes.items[row.ordinal]), row)
    case .transferredWith:
      let group = columns.transferredWith
      return moves(into: CollectionOfOne(group.to[row.ordinal]), row)
        && HoldRules.admits(group, row.ordinal, state)
    case .adjusted:
      defer { releases.removeAll() }
      commands.append(row.sequence)
      return registered.isEmpty && areNeeded(columns.adjusted, row.ordinal, &state)
    case .reserved, .committed, .released, .limitSet, .extended, .amended, .committedMore, .returnedOf, .reopened,
      .floorSet, .preferenceSet, .waiting:
      commands.append(row.sequence)
      return registered.isEmpty && releases.isEmpty
    case .batch:
      let results = columns.batches.results(row.ordinal)
      // What stands before it and was not used is found where the step ends; what it repeats, by ``RepeatRules``.
      return hasKey && keys == 1 && !row.more && results.filter { !$0.isRepeat }.map(\.sequence) == commands
    }
  }

  /// - Parameter items: ascending; where they are not, the fold says so.
  private mutating func moves(into items: some Sequence<ItemNumber>, _ row: EventColumns.Row) -> Bool {
    defer { registered.removeAll(keepingCapacity: true) }
    commands.append(row.sequence)
    // Both ascend: one walk, where a receipt of thousands of new items would otherwise cost their square.
    var seen = 0
    for item in items where seen < registered.count && registered[seen] == item { seen += 1 }
    return releases.isEmpty && seen == registered.count
  }

  private static func release(
    of sequence: UInt64, _ named: ArraySlice<LineEntry>, _ state: inout State
  ) -> Release {
    var open = [LineEntry]()
    if let reservation = state.reservations[sequence] {
      for index in 0..<reservation.lineCount where reservation[index].open > 0 {
        open.append(LineEntry(item: reservation[index].item, quantity: reservation[index].open))
      }
    }
    // What the event names, not what is open: a forged log may release one line of a large cart over and over.
    if named.isEmpty { return Release(reservation: sequence, isWhole: true, lines: open) }
    return Release(reservation: sequence, isWhole: named.elementsEqual(open), lines: Array(named))
  }

  /// Whether the releases just before an adjust are what its policy makes: whole reservations that hold the item, newest
  /// or oldest first, only as many as needed, or of each only what is missing.
  private func areNeeded(_ group: EventColumns.Adjustments, _ ordinal: Int, _ state: inout State) -> Bool {
    guard let last = releases.last else { return true }
    let item = group.items[ordinal]
    guard let policy = ReleasePolicy(rawValue: group.policies[ordinal]), Int(item.rawValue) < state.items.count else {
      return false
    }
    for release in releases where !release.lines.contains(where: { $0.item == item }) { return false }
    if policy.trims {
      // One that keeps a part of the item, and is not the last, is passed over.
      guard releases.allSatisfy({ $0.lines.count == 1 }) else { return false }
    } else if !releases.allSatisfy(\.isWhole) {
      return false
    }
    for (earlier, later) in zip(releases, releases.dropFirst()) {
      guard policy.isNewest == (earlier.reservation > later.reservation) else { return false }
    }
    if isAnyPassedOver(item, policy, last.reservation, state) { return false }
    let given = last.lines.first { $0.item == item }?.quantity ?? 0
    // Every number is below 2^55 in size.
    let left = state.items[Int(item.rawValue)].unheld + group.changes[ordinal]
    return left - given < 0 && (!policy.trims || left == 0)
  }

  /// Whether a reservation still holds the item that the policy releases before `last`. As long a look as the judge's who
  /// made the adjust.
  private func isAnyPassedOver(
    _ item: ItemNumber, _ policy: ReleasePolicy, _ last: UInt64, _ state: borrowing State
  ) -> Bool {
    var isPassedOver = false
    state.reservations.visit { reservation in
      guard policy.isNewest ? reservation.sequence > last : reservation.sequence < last,
        let line = reservation.lineIndex(of: item)
      else { return }
      // Of a closed one nothing is open.
      isPassedOver = isPassedOver || reservation[line].open > 0
    }
    return isPassedOver
  }
}
