import Tallystick

/// Rows in the file's order, kept until all have been read: in memory, and on the disk beyond a bound.
struct RowSpool {
  private let memory: Int
  private var bytes: [UInt8] = []
  private var file: TemporaryFile?
  private(set) var count = 0

  /// - Parameter memory: bytes that may stay in memory.
  init(memory: Int) { self.memory = memory }

  mutating func append(_ row: ImportRow) throws(FileError) {
    count += 1
    row.encodeWithLength(into: &bytes)
    guard bytes.count >= memory else { return }
    let file: TemporaryFile
    if let opened = self.file { file = opened } else { file = try TemporaryFile() }
    self.file = file
    try file.append(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Shows all rows in order, until `body` returns false.
  func showAll(_ body: (EncodedRow) throws(ImportError) -> Bool) throws(ImportError) {
    if let file {
      var reader = RecordReader(file, 0..<file.size)
      while try reader.advance() {
        guard try reader.withRecord({ (raw) throws(ImportError) in try body(EncodedRow(raw)) }) else { return }
      }
    }
    try bytes.withUnsafeBufferPointer { (bytes) throws(ImportError) in
      let raw = UnsafeRawBufferPointer(bytes)
      var offset = 0
      while offset < raw.count {
        let first = offset + 4
        offset = first + Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        guard try body(EncodedRow(UnsafeRawBufferPointer(rebasing: raw[first..<offset]))) else { return }
      }
    }
  }
}
