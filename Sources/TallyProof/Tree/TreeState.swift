import TallyFormat

/// How far a tree has grown, kept beside its tiles: `tree-state`.
struct TreeState: Equatable {
  static let name = "tree-state"
  private static let label = Array("TALLYTRE".utf8)
  private static let length = 8 + 4 + 16 + 56 + 16 + 32

  var log: LogID
  /// After the last frame in the tree.
  var head: ChainHead
  /// Where that frame begins.
  var last: LogPosition

  var encoded: [UInt8] {
    var out = ByteWriter(reserving: TreeState.length)
    out.raw(TreeState.label)
    out.u32(1)
    out.raw(log.bytes)
    out.head(head)
    out.u64(last.segment)
    out.u64(UInt64(last.offset))
    out.raw(MerkleHash.leaf(out.bytes).bytes)
    return out.bytes
  }

  init(log: LogID, head: ChainHead, last: LogPosition) {
    self.log = log
    self.head = head
    self.last = last
  }

  init(parsing bytes: [UInt8]) throws(MalformedBytes) {
    let read: Result<TreeState, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try TreeState(raw)) } catch { return .failure(error) }
    }
    self = try read.get()
  }

  private init(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    guard bytes.count == TreeState.length else { throw MalformedBytes("has \(bytes.count) bytes") }
    var reader = ByteReader(bytes)
    guard try reader.take(8).elementsEqual(TreeState.label), try reader.u32() == 1 else {
      throw MalformedBytes("is none, or of another version")
    }
    guard let log = LogID(bytes: Array(try reader.take(16))) else { throw MalformedBytes("has no log id") }
    self.log = log
    head = try reader.head()
    let segment = try reader.u64()
    let offset = try reader.u64()
    guard try reader.take(32).elementsEqual(MerkleHash.leaf(bytes.dropLast(32)).bytes) else {
      throw MalformedBytes("does not match its check")
    }
    guard head.nextFrame >= 1, offset <= UInt64(Limits.maxQuantity) else {
      throw MalformedBytes("has numbers out of range")
    }
    last = LogPosition(segment: segment, offset: Int(offset))
  }
}
