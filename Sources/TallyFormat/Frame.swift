import Crypto

/// What one group commit wrote: `Frame` in the format document.
public struct Frame: Sendable {
  static let magic: UInt32 = 0x184D_2A5F
  static let fixedHeaderBytes = 56
  /// Hash and check, and five varints: of up to 8, 8, 8, 3 and 4 bytes.
  private static let smallestSkippable = 53
  private static let largestSkippable = 79

  /// The hash of the frame before; ``Digest/zero`` in a log's first.
  public let previousHash: Digest
  /// SHA-256 of the log's id and of every byte but its own check: the chain's hash at this frame.
  public let hash: Digest
  /// Which opening of the log wrote it, from 1; never less than the frame's before.
  public let epoch: UInt64
  /// How many frames of the log came before, empty ones included.
  public let number: UInt64
  /// The sequence number of its first event; if it is empty, of the next one to come.
  public let firstSequence: UInt64
  /// Events in it, at most ``Limits/maxEventsPerFrame``.
  public let count: Int
  /// Every byte of the frame.
  public let bytes: [UInt8]
  /// Where the LZ4 frame begins in ``bytes``.
  let payloadOffset: Int

  /// The sequence number of the last event, or of the one before the frame if it is empty.
  public var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }
  /// Whether it holds no events, as what an idle writer appends.
  public var isEmpty: Bool { count == 0 }
  /// The chain with this frame at its end.
  public var head: ChainHead {
    ChainHead(nextFrame: number + 1, lastSequence: lastSequence, hash: hash, epoch: epoch)
  }

  /// The LZ4 frame, or nothing if the frame is empty.
  ///
  /// - Parameter body: called once; the bytes are borrowed and must not leave it.
  /// - Returns: what `body` returns.
  public func withPayload<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[payloadOffset...])) }
  }

  static func hash(_ bytes: UnsafeRawBufferPointer, of log: LogID) -> Digest {
    var hasher = SHA256()
    log.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[0..<40]))
    hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[fixedHeaderBytes...]))
    return Digest(trusted: Array(hasher.finalize()))
  }

  /// What a frame's header says before anything is believed.
  public struct Extent: Sendable {
    let epoch: UInt64
    /// How many frames of the log came before.
    public let number: UInt64
    /// The sequence number of the first event, or of the next one to come.
    public let firstSequence: UInt64
    /// Events in the frame.
    public let count: Int
    let payloadOffset: Int
    /// Bytes of the whole frame.
    public let length: Int
  }

  /// Bytes that ``peek(_:)`` needs.
  public static let peekBytes = 8 + largestSkippable

  /// What the header at the beginning of `bytes` says, unchecked: for finding frames that will be checked when read.
  ///
  /// - Parameter bytes: ``peekBytes`` of them or more.
  /// - Returns: `nil` if no frame begins there.
  public static func peek(_ bytes: [UInt8]) -> Extent? {
    bytes.withUnsafeBytes { try? extent($0) }
  }

  /// Reads the lengths at the beginning of `bytes`, or says why no frame begins there.
  static func extent(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) -> Extent {
    var reader = ByteReader(bytes)
    guard try reader.u32() == magic else { throw MalformedBytes("does not begin like a frame") }
    let size = Int(try reader.u32())
    guard (smallestSkippable...largestSkippable).contains(size) else {
      throw MalformedBytes("has a header of \(size) bytes")
    }
    _ = try reader.take(fixedHeaderBytes - 8)
    let epoch = try reader.varint()
    let number = try reader.varint()
    let first = try reader.varint()
    let count = try reader.varint()
    let length = try reader.varint()
    guard reader.offset == 8 + size else { throw MalformedBytes("has a header that does not end where it says") }
    guard epoch >= 1, number < UInt64(Limits.maxQuantity), first >= 1, first <= UInt64(Limits.maxQuantity),
      count <= UInt64(Limits.maxEventsPerFrame),
      (count == 0) == (length == 0), length <= UInt64(Limits.maxFrameBytes - 8 - largestSkippable)
    else { throw MalformedBytes("has numbers out of range in its header") }
    return Extent(
      epoch: epoch, number: number, firstSequence: first, count: Int(count), payloadOffset: 8 + size,
      length: 8 + size + Int(length))
  }

  /// The frame at the beginning of `bytes`, checked against its own hash.
  ///
  /// One SHA-256 of all bytes, a copy of them, and no decompression: that is ``LZ4Decompressor/columns(of:)``.
  ///
  /// - Parameters:
  ///   - bytes: the frame and whatever follows it.
  ///   - log: the log that it must be of.
  ///   - memory: where its bytes are copied to; what it holds is forgotten.
  /// - Throws: ``MalformedBytes`` if no whole frame of that log begins there. Never traps.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, log: LogID, into memory: consuming [UInt8] = []
  ) throws(MalformedBytes) -> Frame {
    let extent = try extent(bytes)
    guard extent.length <= bytes.count else {
      throw MalformedBytes("ends \(extent.length - bytes.count) bytes after the file")
    }
    let whole = UnsafeRawBufferPointer(rebasing: bytes[0..<extent.length])
    let hash = hash(whole, of: log)
    guard hash.bytes.prefix(16).elementsEqual(whole[40..<56]) else { throw MalformedBytes("does not match its check") }
    memory.removeAll(keepingCapacity: true)
    memory.append(contentsOf: whole)
    return Frame(
      previousHash: Digest(trusted: Array(whole[8..<40])), hash: hash, epoch: extent.epoch,
      number: extent.number, firstSequence: extent.firstSequence, count: extent.count, bytes: memory,
      payloadOffset: extent.payloadOffset)
  }
}

/// Turns columns into frames; keeps its memory between calls.
public struct FrameEncoder: Sendable {
  /// The log whose frames it makes.
  public let log: LogID
  private var payload = ByteWriter()
  private var body = ByteWriter()
  /// Memory of a frame written before.
  private var spare: [UInt8] = []

  /// - Parameter log: the log whose frames it makes; its id is hashed into each.
  public init(log: LogID) { self.log = log }

  /// Encodes `columns` (none: an empty frame) as the frame after `head`. About 5 ns an event and 1 ns a byte of hash.
  ///
  /// - Parameters:
  ///   - columns: the events; the first has the sequence number after `head`.
  ///   - head: the frame before it.
  ///   - epoch: which opening of the log this is, 1 or more and not less than `head`'s.
  /// - Returns: the frame; its memory is used again if it is given back with ``recycle(_:)``.
  public mutating func encode(_ columns: EventColumns, after head: ChainHead, epoch: UInt64) -> EncodedFrame {
    payload.bytes.removeAll(keepingCapacity: true)
    var compressed = [UInt8]()
    if !columns.isEmpty {
      columns.encode(into: &payload, body: &body)
      payload.bytes.withUnsafeBytes { LZ4Frames.compress($0, into: &compressed) }
    }
    var out = ByteWriter()
    swap(&out.bytes, &spare)
    out.bytes.removeAll(keepingCapacity: true)
    out.u32(Frame.magic)
    out.u32(0)
    out.raw(head.hash.bytes)
    out.raw(repeatElement(0, count: 16))
    out.varint(epoch)
    out.varint(head.nextFrame)
    out.varint(columns.firstSequence)
    out.varint(UInt64(columns.count))
    out.varint(UInt64(compressed.count))
    let size = UInt32(out.bytes.count - 8)
    out.raw(compressed)
    out.bytes.withUnsafeMutableBytes { $0.storeBytes(of: size.littleEndian, toByteOffset: 4, as: UInt32.self) }
    let hash = out.bytes.withUnsafeBytes { Frame.hash($0, of: log) }
    out.bytes.replaceSubrange(40..<56, with: hash.bytes.prefix(16))
    return EncodedFrame(
      bytes: out.bytes,
      head: ChainHead(
        nextFrame: head.nextFrame + 1, lastSequence: columns.nextSequence - 1, hash: hash, epoch: epoch),
      firstSequence: columns.firstSequence)
  }

  /// Takes back the memory of a frame that has been written.
  ///
  /// - Parameter frame: one that nobody needs any more.
  public mutating func recycle(_ frame: consuming EncodedFrame) { spare = frame.bytes }
}

extension LZ4Decompressor {
  /// The events of a frame.
  ///
  /// - Parameter frame: one whose bytes were checked against its hash when it was made.
  /// - Returns: its events, in memory of their own; none of an empty frame.
  /// - Throws: ``MalformedBytes`` if the payload is none or does not agree with the frame's header.
  public func columns(of frame: Frame) throws(MalformedBytes) -> EventColumns {
    var columns = EventColumns(firstSequence: frame.firstSequence)
    try refill(&columns, from: frame)
    return columns
  }

  /// As ``columns(of:)``, into memory that columns have already.
  ///
  /// - Parameters:
  ///   - columns: what they hold is forgotten; after an error it means nothing.
  ///   - frame: the frame.
  /// - Throws: ``MalformedBytes`` as ``columns(of:)``.
  public func refill(_ columns: inout EventColumns, from frame: Frame) throws(MalformedBytes) {
    if frame.isEmpty { return columns.reset(firstSequence: frame.firstSequence) }
    try frame.bytes.withUnsafeBufferPointer { all throws(MalformedBytes) in
      let payload = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[frame.payloadOffset...])
      try withDecompressed(payload, maximum: Limits.maxPayloadBytes) { raw throws(MalformedBytes) in
        try columns.refill(from: raw)
      }
    }
    guard columns.firstSequence == frame.firstSequence, columns.count == frame.count else {
      throw MalformedBytes("has a payload for events \(columns.firstSequence)+\(columns.count), not as its header says")
    }
  }
}
