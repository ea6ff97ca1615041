/// Cuts prepared space from a sealed segment whose writer was killed before it could.
enum SealedEnd {
  /// Zeros that a frame hardly ends with. Where fewer follow the last frame, they stay: readers take them for what they are.
  private static let telling = 16

  /// Costs a read, and one of the whole segment where it ends with zeros.
  static func cut(
    _ segment: UInt64, _ log: LogID, _ directory: LogDirectory, _ files: any FileSystem
  ) throws(FileError) {
    let file = try directory.openSegment(segment, .readWrite, files)
    defer { file.close() }
    let size = try file.size()
    guard size > Limits.segmentHeaderBytes + telling,
      try file.bytes(at: size - telling, count: telling).allSatisfy({ $0 == 0 }),
      let end = try SegmentEnd.find(segment, log: log, directory, files: files), end < size
    else { return }
    try file.truncate(to: end)
    try file.sync()
  }
}
