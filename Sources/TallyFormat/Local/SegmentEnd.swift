/// Where the frames of a sealed segment end.
package enum SegmentEnd {
  /// Reads the whole segment.
  ///
  /// - Returns: the place behind the last frame, if nothing follows it but prepared space; else `nil`.
  package static func find(
    _ segment: UInt64, log: LogID, _ directory: LogDirectory, files: any FileSystem
  ) throws(FileError) -> Int? {
    let reader: SegmentReader
    do throws(LogError) { reader = try SegmentReader(directory, segment, files: files) } catch {
      if case .file(let error) = error { throw error }
      return nil
    }
    var offset = Limits.segmentHeaderBytes
    while let frame = try? Frame.parse(try reader.bytes(at: offset), log: log) { offset += frame.bytes.count }
    return try reader.isUnused(from: offset, log: log) ? offset : nil
  }
}
