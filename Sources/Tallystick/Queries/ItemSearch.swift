/// Finds the names of items by their numbers, without folding the log and without loading a state: a proof of one order
/// would else cost what all open orders cost.
///
/// A snapshot begins with the items, and has a digest only over all of its state. So what the newest one says is
/// believed if the one before it says the same, which bytes that rot cannot bring about; else its digest is worked out.
/// What no snapshot has, the events behind it say.
struct ItemSearch {
  let stored: StoredLog
  let warn: @Sendable (String) -> Void

  /// - Returns: the names of those numbers that items of the log have, and how many items it has if that is not all of
  ///   them.
  func names(of wanted: Set<ItemNumber>) throws(TallyError) -> (names: [ItemNumber: ItemName], count: Int?) {
    if wanted.isEmpty { return ([:], nil) }
    let base = try newest(wanted)
    var names = base?.names ?? [:]
    if names.count == wanted.count { return (names, nil) }
    do throws(LogError) {
      let count = try readOn(from: base, wanted, into: &names)
      return (names, names.count == wanted.count ? nil : count)
    } catch {
      throw .log(error)
    }
  }

  /// What the newest snapshot that can be trusted says.
  private func newest(_ wanted: Set<ItemNumber>) throws(TallyError) -> SnapshotItems? {
    var sequences: [UInt64]
    do throws(FileError) { sequences = try stored.directory.listSnapshots(stored.files) } catch { throw .file(error) }
    var next = read(&sequences, wanted)
    while let items = next {
      next = read(&sequences, wanted)
      if next.map({ items.agrees(with: $0, on: wanted) }) ?? false { return items }
      if let flaw = flaw(of: items.sequence) { skip(items.sequence, flaw) } else { return items }
    }
    return nil
  }

  /// The last that can be read of some snapshots; they and it are no more among them.
  private func read(_ sequences: inout [UInt64], _ wanted: Set<ItemNumber>) -> SnapshotItems? {
    while let sequence = sequences.popLast() {
      do throws(SnapshotError) { return try SnapshotItems(stored, sequence, wanted) } catch { skip(sequence, error) }
    }
    return nil
  }

  private func skip(_ sequence: UInt64, _ error: SnapshotError) {
    warn("the snapshot \(stored.directory.snapshot(sequence)) is skipped: it \(error)")
  }

  /// How the state of a snapshot fails its digest.
  private func flaw(of sequence: UInt64) -> SnapshotError? {
    do throws(FileError) {
      let file = try stored.files.open(stored.directory.snapshot(sequence), .read)
      defer { file.close() }
      if case .failure(let flaw) = try SnapshotFile.read(file, keepsState: false) { return .malformed(flaw) }
      return nil
    } catch {
      return .file(error)
    }
  }

  /// Adds what the events behind a snapshot register; `nil`: the whole log.
  ///
  /// - Returns: how many items there are up to where it has stopped, because all were found or the log ends.
  private func readOn(
    from base: SnapshotItems?, _ wanted: Set<ItemNumber>, into names: inout [ItemNumber: ItemName]
  ) throws(LogError) -> Int {
    var count = base?.count ?? 0
    let covered = base?.sequence ?? 0
    let frames = try stored.source.frames(
      from: base.map { .place($0.framePosition, sequence: $0.sequence) } ?? .beginning, showsUnsynced: false)
    let decompressor = LZ4Decompressor()
    var columns = EventColumns(firstSequence: 1)
    while names.count < wanted.count, case .frame(let frame, let position) = try frames.next() {
      do throws(MalformedBytes) { try decompressor.refill(&columns, from: frame) } catch {
        throw .damaged(position, sequence: frame.firstSequence, reason: "the frame \(error)")
      }
      if columns.registered.skus.count > 0 {
        var cursor = EventColumns.Cursor()
        while let row = columns.next(&cursor) {
          guard row.kind == .itemRegistered, row.sequence > covered else { continue }
          if let number = UInt32(exactly: count), wanted.contains(ItemNumber(number)) {
            names[ItemNumber(number)] = ItemName(
              sku: columns.registered.skus[row.ordinal], location: columns.registered.locations[row.ordinal])
          }
          count += 1
        }
      }
      frames.recycle(frame)
    }
    return count
  }
}
