/// Names that memory knows: those since the last sealed index, in generations, and sealed ones of reservations that are
/// still open.
///
/// When a follower begins to seal an index, a new generation begins; what the index then covers goes over to the sealed
/// ones as a whole. They are there for what is settled: to find an open reservation in the index is some 10 µs. Whether
/// a name is new the index's filters say as well.
struct RecentNames: Sendable {
  /// Sealed tables of like size that become one.
  private static let mergedTables = 4

  /// Names that no index has, oldest first; the last is the one that grows. Nearly always one or two.
  private(set) var generations = [NameTable(after: 0)]
  /// Names that an index has, too, oldest first: more than those of open reservations, but not many times as many.
  private(set) var sealed: [NameTable] = []

  @inline(__always) var newest: NameTable {
    _read { yield generations[generations.count - 1] }
    _modify { yield &generations[generations.count - 1] }
  }

  /// Names that no index has.
  var unsealedCount: Int { generations.reduce(0) { $0 + $1.count } }

  /// Asks for the places of names that no index has.
  @inline(__always) func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    for index in generations.indices { generations[index].prefetch(fingerprints) }
  }

  /// Asks for the places of a sealed name.
  @inline(__always) func prefetchSealed(_ fingerprint: UInt64) {
    for index in sealed.indices { sealed[index].prefetch(fingerprint) }
  }

  /// Sets what belongs to fingerprints that a generation before the newest knows.
  func markOlder(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
    for index in 0..<(generations.count - 1) { generations[index].mark(fingerprints, known) }
  }

  /// All tables: the generations, then the sealed ones.
  var tableCount: Int { generations.count + sealed.count }
  subscript(table index: Int) -> NameTable {
    @inline(__always) _read {
      if index < generations.count { yield generations[index] } else { yield sealed[index - generations.count] }
    }
  }

  /// The first event with this fingerprint in the first table that knows one; `nil`: none does.
  @inline(__always) func first(_ fingerprint: UInt64) -> UInt64? {
    RecentNames.first(fingerprint, generations) ?? RecentNames.first(fingerprint, sealed)
  }

  @inline(__always) private static func first(_ fingerprint: UInt64, _ tables: [NameTable]) -> UInt64? {
    tables.withUnsafeBufferPointer { tables in
      for index in tables.indices {
        if let sequence = tables[index].first(fingerprint) { return sequence }
      }
      return nil
    }
  }

  @inline(__always) mutating func insert(_ fingerprint: UInt64, _ sequence: UInt64) {
    if sequence - newest.base > NameTable.maxEvents { beginGeneration(after: sequence - 1) }
    newest.insert(fingerprint, sequence)
  }

  /// Has the memory that the next names will need made ready.
  @inline(__always) func growAhead() { newest.growAhead() }

  mutating func remove(_ fingerprint: UInt64, _ sequence: UInt64) {
    for index in generations.indices { generations[index].remove(fingerprint, sequence) }
  }

  /// - Parameter sequence: the last event so far.
  mutating func beginGeneration(after sequence: UInt64) {
    if newest.count == 0 {
      generations[generations.count - 1] = NameTable(after: sequence)
    } else {
      // As many are to be expected as came before. By their count, not by the table's size: that would never shrink.
      generations.append(NameTable(after: sequence, minimumCapacity: min(newest.count * 2, 1 << 22)))
    }
  }

  /// An index has the names up to the event `sequence`: they are kept only for reservations that are open.
  ///
  /// Cost: now and then some 10 ns a name, as often as the logarithm of how many there are.
  /// - Parameter reservations: whose names are needed.
  mutating func seal(through sequence: UInt64, _ reservations: ReservationTable) {
    let last = newest
    sealed += generations.filter { $0.lastSequence <= sequence && $0.count > 0 }
    generations.removeLast()
    generations.removeAll { $0.lastSequence <= sequence }
    generations.append(
      last.lastSequence <= sequence && last.count > 0 ? NameTable(after: max(sequence, last.base)) : last)
    mergeSealed(reservations)
  }

  private mutating func mergeSealed(_ reservations: ReservationTable) {
    while true {
      let tables = sealed.suffixOfLikeSize(\.count)
      guard tables.count >= RecentNames.mergedTables else { return }
      let merged = RecentNames.merge(Array(tables), reservations)
      sealed.removeLast(tables.count)
      if merged.count > 0 { sealed.append(merged) }
    }
  }

  private static func merge(_ tables: [NameTable], _ reservations: ReservationTable) -> NameTable {
    var merged = NameTable(after: tables[0].base)
    var needed = [(fingerprint: UInt64, sequence: UInt64)]()
    for table in tables {
      table.visit { fingerprint, sequence in
        // One that is too far from the others to be kept with them is found in the index.
        if sequence - merged.base <= NameTable.maxEvents, reservations.slot(of: sequence) != nil {
          needed.append((fingerprint, sequence))
        }
      }
    }
    // They come in the order of their places: in a table that grows meanwhile they would all crowd at its beginning.
    merged.reserve(needed.count)
    for (fingerprint, sequence) in needed { merged.insert(fingerprint, sequence) }
    return merged
  }
}
