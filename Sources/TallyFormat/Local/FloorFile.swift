import Crypto

/// The file that a log of segments keeps its floor in: `The floor file` in the format document.
package struct FloorFile: Sendable, Equatable {
  package static let length = 112
  static let label = Array("TALLYFLR".utf8)
  package static let checkedBytes = length - 16

  package var floor: Floor

  package init(_ floor: Floor) { self.floor = floor }

  package var encoded: [UInt8] {
    var out = ByteWriter(reserving: FloorFile.length)
    out.raw(FloorFile.label)
    out.u32(1)
    out.u32(0)
    out.raw(floor.log.bytes)
    out.head(floor.head)
    out.u64(floor.epoch)
    out.raw(SHA256.hash(data: out.bytes).prefix(16))
    return out.bytes
  }

  package init(parsing bytes: [UInt8]) throws(MalformedBytes) {
    guard bytes.count <= FloorFile.length else { throw MalformedBytes("has more than \(FloorFile.length) bytes") }
    guard bytes.count == FloorFile.length else {
      throw MalformedBytes("has \(bytes.count) bytes instead of \(FloorFile.length)")
    }
    guard bytes.prefix(8).elementsEqual(FloorFile.label),
      SHA256.hash(data: bytes[0..<FloorFile.checkedBytes]).prefix(16).elementsEqual(bytes[FloorFile.checkedBytes...])
    else { throw MalformedBytes("does not match its check") }
    let fields: Result<Floor, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try FloorFile.fields(raw)) } catch { return .failure(error) }
    }
    floor = try fields.get()
  }

  private static func fields(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) -> Floor {
    var reader = ByteReader(bytes)
    _ = try reader.take(label.count)
    let version = try reader.u32()
    guard version == 1 else { throw MalformedBytes("is of format version \(version)") }
    guard try reader.u32() == 0 else { throw MalformedBytes("has a reserved field in use") }
    guard let log = LogID(bytes: Array(try reader.take(16))) else { throw MalformedBytes("has no log id") }
    let head = try reader.head()
    let epoch = try reader.u64()
    guard [head.lastSequence, head.nextFrame, head.epoch, epoch].allSatisfy({ $0 <= UInt64(Limits.maxQuantity) }) else {
      throw MalformedBytes("has numbers out of range")
    }
    return Floor(log: log, head: head, epoch: epoch)
  }

  /// A floor is overwritten in place: a reader may see half of it. It is believed to be bad after that many readings.
  private static let readings = 5

  /// The floor of a log; `nil` if it keeps none.
  package static func read(_ directory: LogDirectory, files: any FileSystem) throws(FloorError) -> Floor? {
    var flaw = MalformedBytes("")
    for _ in 0..<FloorFile.readings {
      let bytes: [UInt8]?
      do throws(FileError) {
        bytes = try files.contents(of: directory.floor, maximum: FloorFile.length)
      } catch {
        throw .file(error)
      }
      guard let bytes, !bytes.isEmpty else { return nil }
      do throws(MalformedBytes) { return try FloorFile(parsing: bytes).floor } catch { flaw = error }
    }
    throw .malformed(flaw)
  }
}
