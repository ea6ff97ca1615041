/// A log of segments in a directory, for those who only read.
public struct LocalLog: LogStore {
  /// The directory itself: snapshots and index lie beside the segments.
  public let derived: LogDirectory
  /// Where its files are.
  public let files: any FileSystem

  /// Opens nothing yet.
  ///
  /// - Parameters:
  ///   - directory: the log's.
  ///   - files: where its files are.
  public init(_ directory: LogDirectory, files: any FileSystem = LocalFileSystem()) {
    derived = directory
    self.files = files
  }

  public func source() throws(LogError) -> any FrameSource { try LocalFrameSource(derived, files: files) }
  public func floor() throws(FloorError) -> Floor? { try FloorFile.read(derived, files: files) }
}
