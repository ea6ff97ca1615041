import Crypto

/// The first 144 bytes of a segment: `Segment header` in the format document.
package struct SegmentHeader: Sendable, Equatable {
  static let magic: UInt32 = 0x184D_2A54
  static let label = Array("TALLYSEG".utf8)
  package static let formatVersion: UInt32 = 1

  package var log: LogID
  /// The chain before the segment's first frame.
  package var previous: ChainHead
  package var settings: LogSettings

  package init(log: LogID, after previous: ChainHead, settings: LogSettings) {
    self.log = log
    self.previous = previous
    self.settings = settings
  }

  /// The number in the segment's name.
  package var firstSequence: UInt64 { previous.nextSequence }
  private static let checkedBytes = Limits.segmentHeaderBytes - 32

  package var encoded: [UInt8] {
    var out = ByteWriter(reserving: Limits.segmentHeaderBytes)
    out.u32(SegmentHeader.magic)
    out.u32(UInt32(Limits.segmentHeaderBytes - 8))
    out.raw(SegmentHeader.label)
    out.u32(SegmentHeader.formatVersion)
    out.u32((settings.refusesNewItems ? 1 : 0) | (settings.journalsRefusals ? 2 : 0))
    out.raw(log.bytes)
    out.head(previous, sequence: firstSequence)
    out.u64(UInt64(settings.segmentSize))
    out.u64(UInt64(settings.snapshotEvery))
    out.raw(SHA256.hash(data: out.bytes))
    return out.bytes
  }

  /// - Throws: ``MalformedBytes`` for anything else; another version is named by its number.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    guard bytes.count >= Limits.segmentHeaderBytes else { throw MalformedBytes("is too short for a segment's header") }
    var reader = ByteReader(bytes)
    guard try reader.u32() == SegmentHeader.magic,
      try reader.u32() == UInt32(Limits.segmentHeaderBytes - 8),
      try reader.take(8).elementsEqual(SegmentHeader.label)
    else { throw MalformedBytes("does not begin like a segment of a Tallystick log") }
    let version = try reader.u32()
    let matches = SHA256.hash(data: bytes[0..<SegmentHeader.checkedBytes]).elementsEqual(
      bytes[SegmentHeader.checkedBytes..<Limits.segmentHeaderBytes])
    guard version == SegmentHeader.formatVersion else {
      if matches || version == SegmentHeader.formatVersion + 1 {
        throw MalformedBytes(
          "is of format version \(version); this program reads version \(SegmentHeader.formatVersion): use a newer one")
      }
      throw MalformedBytes("has a damaged header (format version \(version), and its check does not match)")
    }
    guard matches else { throw MalformedBytes("has a damaged header: its check does not match") }
    let flags = try reader.u32()
    guard flags <= 3 else { throw MalformedBytes("has settings that this program does not know") }
    guard let log = LogID(bytes: Array(try reader.take(16))) else { throw MalformedBytes("has no log id") }
    self.log = log
    var head = try reader.head()
    let size = try reader.u64()
    let every = try reader.u64()
    // The first event that it can hold stands there.
    guard head.lastSequence >= 1, head.lastSequence <= UInt64(Limits.maxQuantity),
      head.nextFrame <= UInt64(Limits.maxQuantity), head.epoch <= UInt64(Limits.maxQuantity),
      size <= UInt64(Limits.maxQuantity),
      every <= UInt64(Limits.maxQuantity)
    else { throw MalformedBytes("has numbers out of range in its header") }
    head.lastSequence -= 1
    previous = head
    settings = LogSettings(
      segmentSize: Int(size), snapshotEvery: Int(every), refusesNewItems: flags & 1 == 1,
      journalsRefusals: flags & 2 == 2)
  }
}

/// What is fixed when a log is made.
public struct LogSettings: Sendable, Equatable {
  /// Bytes at which the writer begins a new segment; 64 KiB or more. Default 64 MiB.
  public var segmentSize: Int
  /// Events between automatic snapshots; 0: none. Default 1,000,000.
  public var snapshotEvery: Int
  /// A return or a transfer into an item that was never registered is refused: a mistyped SKU or location must not become
  /// an item. Default: such an item is registered, and the answer names it.
  public var refusesNewItems: Bool
  /// The log tells how much was refused of each item, and why: `refused` events, a tenth of its bytes at most. Default: not.
  public var journalsRefusals: Bool

  /// - Parameters:
  ///   - segmentSize: bytes, 64 KiB or more.
  ///   - snapshotEvery: events, or 0 for none.
  ///   - refusesNewItems: returns and transfers register no items.
  ///   - journalsRefusals: the log tells how much was refused.
  public init(
    segmentSize: Int = 64 << 20, snapshotEvery: Int = 1_000_000, refusesNewItems: Bool = false,
    journalsRefusals: Bool = false
  ) {
    self.segmentSize = segmentSize
    self.snapshotEvery = snapshotEvery
    self.refusesNewItems = refusesNewItems
    self.journalsRefusals = journalsRefusals
  }
}
