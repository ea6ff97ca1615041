import HeapModule
import Tallystick

/// Sorts rows by keys: in memory, and by merging sorted runs on the disk beyond a bound.
///
/// Keys must all differ, or the order of those that are the same is left to chance: a line's number makes them so.
final class RowSorter {
  /// Compared one after the other.
  struct Key: Comparable {
    var first: UInt64
    var second: UInt64 = 0
    var third: UInt64 = 0

    static func < (a: Key, b: Key) -> Bool {
      if a.first != b.first { return a.first < b.first }
      if a.second != b.second { return a.second < b.second }
      return a.third < b.third
    }
  }
  private struct Entry {
    var key: Key
    var offset: Int
    var count: Int
  }

  private let memory: Int
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var file: TemporaryFile?
  private var runs: [Range<Int>] = []

  /// - Parameter memory: bytes that may be in memory, keys included.
  init(memory: Int) { self.memory = memory }

  func add(_ row: ImportRow, _ key: Key) throws(FileError) {
    let offset = bytes.count
    row.encode(into: &bytes)
    entries.append(Entry(key: key, offset: offset, count: bytes.count - offset))
    if bytes.count + entries.count * MemoryLayout<Entry>.stride >= memory { try spill() }
  }

  /// Shows all rows by key, until `body` returns false. Afterwards it is empty.
  func forEach(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    if runs.isEmpty {
      entries.sort { $0.key < $1.key }
      var previous: ImportRow?
      for entry in entries {
        let row = row(entry, similar: previous)
        previous = row
        guard try body(row) else { break }
      }
    } else {
      try merge(body)
    }
    entries = []
    bytes = []
    runs = []
    file = nil
  }

  private func row(_ entry: Entry, similar: ImportRow?) -> ImportRow {
    bytes.withUnsafeBytes {
      ImportRow(
        decoding: UnsafeRawBufferPointer(rebasing: $0[entry.offset..<(entry.offset + entry.count)]), similar: similar)
    }
  }

  // MARK: Runs on the disk

  private func spill() throws(FileError) {
    entries.sort { $0.key < $1.key }
    let file: TemporaryFile
    if let opened = self.file { file = opened } else { file = try TemporaryFile() }
    self.file = file
    let begin = file.size
    var block: [UInt8] = []
    var record: [UInt8] = []
    for entry in entries {
      record.removeAll(keepingCapacity: true)
      withUnsafeBytes(of: entry.key) { record.append(contentsOf: $0) }
      record.append(contentsOf: bytes[entry.offset..<(entry.offset + entry.count)])
      record.withUnsafeBytes { RecordReader.append($0, to: &block) }
      if block.count >= 1 << 20 {
        try file.append(block)
        block.removeAll(keepingCapacity: true)
      }
    }
    try file.append(block)
    runs.append(begin..<file.size)
    entries.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// The next record of a run.
  private struct Head: Comparable {
    var key: Key
    var run: Int
    var row: ImportRow
    static func < (a: Head, b: Head) -> Bool { a.key < b.key }
    static func == (a: Head, b: Head) -> Bool { a.key == b.key }
  }

  private func merge(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    do throws(FileError) { try spill() } catch { throw ImportError(error) }
    guard let file else { return }
    var readers = runs.map { RecordReader(file, $0) }
    var heads = Heap<Head>()
    for run in readers.indices { if let head = try RowSorter.next(&readers[run], run) { heads.insert(head) } }
    while let head = heads.popMin() {
      if let next = try RowSorter.next(&readers[head.run], head.run) { heads.insert(next) }
      guard try body(head.row) else { return }
    }
  }

  private static func next(_ reader: inout RecordReader, _ run: Int) throws(ImportError) -> Head? {
    do throws(FileError) {
      guard let record = try reader.next() else { return nil }
      return record.withUnsafeBytes { raw in
        let rest = UnsafeRawBufferPointer(rebasing: raw[MemoryLayout<Key>.size...])
        return Head(key: raw.loadUnaligned(as: Key.self), run: run, row: ImportRow(decoding: rest, similar: nil))
      }
    } catch {
      throw ImportError(error)
    }
  }
}
