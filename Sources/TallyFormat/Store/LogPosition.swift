/// A place in a store, as that store counts. Everybody else passes it on and prints it.
public struct LogPosition: Hashable, Sendable, CustomStringConvertible {
  /// In a log of files: the first sequence number in the segment's name, 1 or more. 0: the store has no segments.
  public var segment: UInt64
  /// In a log of files: bytes from the segment's beginning. Elsewhere: as the store counts what it keeps, the number of
  /// the frame, or of the message that the frame is.
  public var offset: Int

  /// A place, as a store counts.
  ///
  /// - Parameters:
  ///   - segment: the first sequence number in the segment's name; 0: the store has no segments.
  ///   - offset: bytes from the segment's beginning, or what the store counts.
  public init(segment: UInt64, offset: Int) {
    self.segment = segment
    self.offset = offset
  }

  /// A place in a store that keeps each frame apart.
  public static func frame(_ number: UInt64) -> LogPosition {
    LogPosition(segment: 0, offset: Int(clamping: number))
  }

  /// The segment's file name, or the word for what the store has instead.
  public var segmentName: String { segment == 0 ? "frames" : LogDirectory.segmentName(segment) }
  public var description: String {
    segment == 0 ? "place \(offset)" : "\(segmentName) at byte \(offset)"
  }
}
