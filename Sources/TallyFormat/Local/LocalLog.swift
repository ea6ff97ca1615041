/// A log of segments in a directory, for those who only read.
public struct LocalLog: LogStore {
  public let derived: LogDirectory
  public let files: any FileSystem

  public init(_ directory: LogDirectory, files: any FileSystem = LocalFileSystem()) {
    derived = directory
    self.files = files
  }

  public func source() throws(LogError) -> any FrameSource { try LocalFrameSource(derived, files: files) }
  public func floor() throws(FloorError) -> Floor? { try FloorFile.read(derived, files: files) }
}
