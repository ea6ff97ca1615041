/// Names that memory knows: those since the last sealed index, in generations, and those of reservations that are still
/// open.
///
/// When a follower begins to seal an index, a new generation begins; what the index then covers is dropped as a whole,
/// but for what is open: it will be settled by its name, and to find that in the index is some 10 µs.
struct RecentNames: Sendable {
  /// The first has names that an index has, too; the others those that none has, oldest first. The last is the one that
  /// grows. Nearly always two or three.
  private(set) var generations = [NameTable(after: 0), NameTable(after: 0)]

  @inline(__always) var newest: NameTable {
    _read { yield generations[generations.count - 1] }
    _modify { yield &generations[generations.count - 1] }
  }

  /// Names that no index has.
  var unsealedCount: Int { generations.dropFirst().reduce(0) { $0 + $1.count } }

  @inline(__always) func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    for index in generations.indices where generations[index].count > 0 { generations[index].prefetch(fingerprints) }
  }

  /// Sets what belongs to fingerprints that a generation before the newest knows.
  func markOlder(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
    for index in 0..<(generations.count - 1) where generations[index].count > 0 {
      generations[index].mark(fingerprints, known)
    }
  }

  /// The first event with this fingerprint that the oldest generation to know one has; `nil`: none does.
  @inline(__always) func first(_ fingerprint: UInt64) -> UInt64? {
    generations.withUnsafeBufferPointer { generations in
      for index in generations.indices {
        if let sequence = generations[index].first(fingerprint) { return sequence }
      }
      return nil
    }
  }

  @inline(__always) mutating func insert(_ fingerprint: UInt64, _ sequence: UInt64) {
    if sequence - newest.base > NameTable.maxEvents { beginGeneration(after: sequence - 1) }
    newest.insert(fingerprint, sequence)
  }

  mutating func remove(_ fingerprint: UInt64, _ sequence: UInt64) {
    for index in generations.indices { generations[index].remove(fingerprint, sequence) }
  }

  /// - Parameter sequence: the last event so far.
  mutating func beginGeneration(after sequence: UInt64) {
    if newest.count == 0 {
      generations[generations.count - 1] = NameTable(after: sequence)
    } else {
      // As many are to be expected as came before.
      generations.append(NameTable(after: sequence, minimumCapacity: min(newest.capacity, 1 << 22)))
    }
  }

  /// Drops the generations whose names an index has, up to the event `sequence`, but for what is still needed.
  ///
  /// Cost: some 10 ns a name dropped. What has been needed and is no more goes when it is more than the rest, so each
  /// name is moved a few times at most.
  /// - Parameter reservations: whose names are needed.
  mutating func seal(through sequence: UInt64, _ reservations: ReservationTable) {
    var kept = generations.removeFirst()
    if kept.count > 2 * reservations.count + 1024 || sequence - kept.base > NameTable.maxEvents {
      let first = reservations.first ?? sequence
      let old = kept
      kept = NameTable(after: first - 1)
      RecentNames.add(old, to: &kept, reservations)
    }
    for index in generations.indices where generations[index].lastSequence <= sequence {
      RecentNames.add(generations[index], to: &kept, reservations)
    }
    let last = generations.removeLast()
    generations.removeAll { $0.lastSequence <= sequence }
    generations.append(
      last.lastSequence <= sequence && last.count > 0 ? NameTable(after: max(sequence, last.base)) : last)
    generations.insert(kept, at: 0)
  }

  private static func add(_ table: NameTable, to kept: inout NameTable, _ reservations: ReservationTable) {
    var needed = [(fingerprint: UInt64, sequence: UInt64)]()
    table.visit { fingerprint, sequence in
      // One that is too far from the others to be kept with them is found in the index.
      if sequence > kept.base, sequence - kept.base <= NameTable.maxEvents, reservations.slot(of: sequence) != nil {
        needed.append((fingerprint, sequence))
      }
    }
    // They come in the order of their places: in a table that grows meanwhile they would all crowd at its beginning.
    kept.reserve(needed.count)
    for (fingerprint, sequence) in needed { kept.insert(fingerprint, sequence) }
  }
}
