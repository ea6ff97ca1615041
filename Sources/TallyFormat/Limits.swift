/// What version 1 of the format allows. Every reader enforces these, so that a length field never justifies more memory
/// than its file does.
public enum Limits {
  /// 2^53 − 1: the largest quantity, on hand, held, count or time; exact in a JSON number.
  public static let maxQuantity: Int64 = (1 << 53) - 1
  /// Bytes of a SKU, location, id, customer or key.
  public static let maxNameBytes = 64
  /// Bytes of a reference or reason.
  public static let maxTextBytes = 256
  /// Lines of one event.
  public static let maxLinesPerEvent = 4096
  /// Parts that an item is made of.
  public static let maxParts = 256
  /// Named consumers of a log.
  public static let maxConsumers = 1024
  /// Holds that one event moves.
  public static let maxHoldsPerEvent = 100_000
  /// Commands of one batch.
  public static let maxBatchCommands = 8192
  /// Events of one frame.
  public static let maxEventsPerFrame = 1 << 18
  /// Lines of one frame.
  public static let maxLinesPerFrame = 1 << 20
  /// Bytes of a frame's payload when decompressed.
  public static let maxPayloadBytes = 1 << 24
  /// Bytes of a whole frame: an incompressible payload, block sizes, headers.
  public static let maxFrameBytes = maxPayloadBytes + (1 << 16) + 256
  /// Bytes of a segment's header.
  public static let segmentHeaderBytes = 144
}
