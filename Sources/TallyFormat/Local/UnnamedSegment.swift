import Glibc

/// The file `next-segment`: space for the next segment, or, where a crash came before it got its name, the last one.
package struct UnnamedSegment {
  package enum Contents {
    /// Space, or what is left of a header and a frame that were never acknowledged.
    case unused
    /// The header is whole.
    case segment(SegmentHeader)
    /// Where the header should be there is none, and valid frames follow.
    case damaged(String)
  }

  package let file: any LogFile
  package let contents: Contents
  /// Bytes that are looked at: where they are all zeros, nothing was written.
  private static let lookedAt = 64 << 10

  /// `nil`: there is none. The file is open until it is released.
  package init?(_ directory: LogDirectory, _ files: any FileSystem, _ mode: FileMode = .read) throws(FileError) {
    do throws(FileError) { file = try files.open(directory.spareSegment, mode) } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    contents = try UnnamedSegment.contents(of: file, directory, files)
  }

  private static func contents(
    of file: any LogFile, _ directory: LogDirectory, _ files: any FileSystem
  ) throws(FileError) -> Contents {
    let beginning = try file.bytes(at: 0, count: UnnamedSegment.lookedAt)
    if let header = header(beginning) { return .segment(header) }
    let isUnused = beginning.withUnsafeBytes { bytes in !bytes.contains { $0 != 0 } }
    if isUnused { return .unused }
    guard let offset = try frame(in: directory, files) else { return .unused }
    // A writer may have begun it while this reader looked.
    if let header = header(try file.bytes(at: 0, count: Limits.segmentHeaderBytes)) { return .segment(header) }
    return .damaged("the file \(directory.spareSegment) has no whole header, and a valid frame at byte \(offset)")
  }

  private static func header(_ bytes: [UInt8]) -> SegmentHeader? {
    bytes.withUnsafeBytes { bytes in try? SegmentHeader(parsing: bytes) }
  }

  /// Where the first valid frame of the log begins, looked for as behind a torn tail.
  private static func frame(in directory: LogDirectory, _ files: any FileSystem) throws(FileError) -> Int? {
    do throws(LogError) {
      let first = try SegmentReader(directory, 1, files: files)
      let reader = SegmentReader(try openSpare(directory, files), first.header)
      switch try rest(of: reader) {
      case .frame(let offset): return offset
      case .lookalikes: return 0
      case .zeros, .remains: return nil
      }
    } catch {
      if case .file(let error) = error, error.code != ENOENT { throw error }
      // Without a first segment there is no log that it could belong to.
      return nil
    }
  }

  private static func openSpare(_ directory: LogDirectory, _ files: any FileSystem) throws(LogError) -> any LogFile {
    do throws(FileError) { return try files.open(directory.spareSegment, .read) } catch { throw .file(error) }
  }

  private static func rest(of reader: SegmentReader) throws(LogError) -> SegmentReader.Rest {
    do throws(FileError) { return try reader.rest(after: 0, log: reader.header.log) } catch { throw .file(error) }
  }
}
