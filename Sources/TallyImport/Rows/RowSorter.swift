import HeapModule
import Tallystick

/// Sorts encoded rows by keys: in memory, and by merging sorted runs on the disk beyond a bound.
///
/// Keys must all differ, or the order of those that are the same is left to chance: a line's number makes them so.
struct RowSorter: ~Copyable {
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
    /// Of its record, with the length before it.
    var range: Range<Int>
  }

  private let memory: Int
  /// Each behind its key and its length, as they are written.
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var file: TemporaryFile?
  private var runs: [Range<Int>] = []

  /// - Parameter memory: bytes that may be in memory, keys included.
  init(memory: Int) { self.memory = memory }

  mutating func add(_ row: EncodedRow, _ key: Key) throws(FileError) {
    let offset = bytes.count
    let count = MemoryLayout<Key>.size + row.bytes.count
    withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: key) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: row.bytes)
    entries.append(Entry(key: key, range: offset..<bytes.count))
    if bytes.count + entries.count * MemoryLayout<Entry>.stride >= memory { try spill() }
  }

  /// Shows all rows by key, until `body` returns false. Afterwards it is empty.
  mutating func showAll(_ body: (EncodedRow) throws(ImportError) -> Bool) throws(ImportError) {
    if runs.isEmpty {
      entries.sort { $0.key < $1.key }
      try bytes.withUnsafeBufferPointer { (bytes) throws(ImportError) in
        for entry in entries {
          let record = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[entry.range.dropFirst(4)]))
          guard try body(RowSorter.row(record)) else { break }
        }
      }
    } else {
      try merge(body)
    }
    entries = []
    bytes = []
    runs = []
    file = nil
  }

  /// The row of a record, behind its key.
  private static func row(_ record: UnsafeRawBufferPointer) -> EncodedRow {
    EncodedRow(UnsafeRawBufferPointer(rebasing: record[MemoryLayout<Key>.size...]))
  }

  // MARK: Runs on the disk

  private mutating func spill() throws(FileError) {
    entries.sort { $0.key < $1.key }
    let file: TemporaryFile
    if let opened = self.file { file = opened } else { file = try TemporaryFile() }
    self.file = file
    let begin = file.size
    var block: [UInt8] = []
    for entry in entries {
      block.append(contentsOf: bytes[entry.range])
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

  /// The record that a run has come to.
  private struct Head: Comparable {
    var key: Key
    var run: Int
    static func < (a: Head, b: Head) -> Bool { a.key < b.key }
  }

  private mutating func merge(_ body: (EncodedRow) throws(ImportError) -> Bool) throws(ImportError) {
    do throws(FileError) { try spill() } catch { throw ImportError(error) }
    guard let file else { return }
    var readers = runs.map { RecordReader(file, $0) }
    var heads = Heap<Head>()
    for run in readers.indices { if let head = try RowSorter.next(&readers[run], run) { heads.insert(head) } }
    while let head = heads.min {
      guard try readers[head.run].withRecord({ (raw) throws(ImportError) in try body(RowSorter.row(raw)) }) else {
        return
      }
      if let next = try RowSorter.next(&readers[head.run], head.run) {
        heads.replaceMin(with: next)
      } else {
        heads.removeMin()
      }
    }
  }

  private static func next(_ reader: inout RecordReader, _ run: Int) throws(ImportError) -> Head? {
    guard try reader.advance() else { return nil }
    return Head(key: try reader.withRecord { $0.loadUnaligned(as: Key.self) }, run: run)
  }
}
