import Tallystick

/// Rows in the file's order, kept until all have been read: in memory, and on the disk beyond a bound.
struct RowSpool {
  private let memory: Int
  private var bytes: [UInt8] = []
  private var file: TemporaryFile?
  private var scratch: [UInt8] = []
  private(set) var count = 0

  /// - Parameter memory: bytes that may stay in memory.
  init(memory: Int) { self.memory = memory }

  mutating func append(_ row: ImportRow) throws(FileError) {
    count += 1
    scratch.removeAll(keepingCapacity: true)
    row.encode(into: &scratch)
    scratch.withUnsafeBytes { RecordReader.append($0, to: &bytes) }
    guard bytes.count >= memory else { return }
    let file: TemporaryFile
    if let opened = self.file { file = opened } else { file = try TemporaryFile() }
    self.file = file
    try file.append(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Shows all rows in order, until `body` returns false.
  func forEach(_ body: (ImportRow) throws(ImportError) -> Bool) throws(ImportError) {
    var previous: ImportRow?
    if let file {
      var reader = RecordReader(file, 0..<file.size)
      do throws(FileError) {
        while let record = try reader.next() {
          let row = record.withUnsafeBytes { ImportRow(decoding: $0, similar: previous) }
          previous = row
          let goesOn: Result<Bool, ImportError> = RowSpool.result { () throws(ImportError) in try body(row) }
          switch goesOn {
          case .success(true): break
          case .success(false): return
          case .failure(let error):
            throw FileError(operation: "", path: "", code: InputFile.badData, reason: "\(error)")
          }
        }
      } catch {
        throw ImportError(error)
      }
    }
    var offset = 0
    while offset < bytes.count {
      let row = bytes.withUnsafeBytes { raw -> ImportRow in
        let count = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        defer { offset += 4 + count }
        return ImportRow(
          decoding: UnsafeRawBufferPointer(rebasing: raw[(offset + 4)..<(offset + 4 + count)]), similar: previous)
      }
      previous = row
      guard try body(row) else { return }
    }
  }

  private static func result(_ body: () throws(ImportError) -> Bool) -> Result<Bool, ImportError> {
    do throws(ImportError) { return .success(try body()) } catch { return .failure(error) }
  }
}
