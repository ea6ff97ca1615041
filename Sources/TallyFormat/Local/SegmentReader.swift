/// Reads one segment through a window that grows to one frame.
final class SegmentReader {
  let file: any LogFile
  let header: SegmentHeader
  /// Read into again and again, and not zeroed first.
  private var window = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var windowCount = 0
  private var windowStart = 0
  private static let windowSize = 1 << 20

  init(_ directory: LogDirectory, _ firstSequence: UInt64, files: any FileSystem) throws(LogError) {
    let position = LogPosition(segment: firstSequence, offset: 0)
    let head: [UInt8]
    do throws(FileError) {
      file = try directory.openSegment(firstSequence, .read, files)
      head = try file.bytes(at: 0, count: Limits.segmentHeaderBytes)
    } catch {
      throw .file(error)
    }
    do throws(MalformedBytes) {
      let result: Result<SegmentHeader, MalformedBytes> = head.withUnsafeBytes { bytes in
        do throws(MalformedBytes) { return .success(try SegmentHeader(parsing: bytes)) } catch {
          return .failure(error)
        }
      }
      header = try result.get()
    } catch {
      throw .damaged(position, sequence: firstSequence, reason: "the file \(error)")
    }
    guard header.firstSequence == firstSequence else {
      throw .damaged(
        position, sequence: firstSequence, reason: "its header says it begins with event \(header.firstSequence)")
    }
  }

  /// Reads a file of the log that `header` is of.
  init(_ file: any LogFile, _ header: SegmentHeader) {
    self.file = file
    self.header = header
  }

  deinit {
    file.close()
    window.deallocate()
  }

  /// Reads again from the file what has been read before.
  func forget() { windowCount = 0 }

  /// At least the whole frame that begins at `offset`, if the file has it; valid until the next call.
  func bytes(at offset: Int) throws(FileError) -> UnsafeRawBufferPointer {
    var available = try fill(offset, atLeast: Frame.peekBytes)
    if let extent = try? Frame.extent(available), extent.length + 4 > available.count {
      available = try fill(offset, atLeast: extent.length + 4)
    }
    return available
  }

  private func fill(_ offset: Int, atLeast count: Int) throws(FileError) -> UnsafeRawBufferPointer {
    if offset < windowStart || offset + count > windowStart + windowCount {
      if window.count < count {
        window.deallocate()
        window = .allocate(byteCount: max(count, SegmentReader.windowSize), alignment: 64)
      }
      windowCount = 0
      windowStart = offset
      windowCount = try file.read(into: window, at: offset)
    }
    // Valid until the next call of a method of this class.
    let begin = min(max(offset - windowStart, 0), windowCount)
    return UnsafeRawBufferPointer(rebasing: window[begin..<windowCount])
  }

  /// Whether the file ends at `offset`, or goes on with zeros only, fewer of them than one largest frame has bytes.
  func isUnused(from offset: Int, log: LogID) throws(FileError) -> Bool {
    let left = try file.size() - offset
    if left == 0 { return true }
    guard left > 0, left < Limits.maxFrameBytes else { return false }
    return try rest(after: offset, log: log) == .zeros
  }

  enum Rest: Equatable {
    case zeros
    /// Bytes up to the last that is not zero, and no valid frame among them.
    case remains(Int)
    /// A valid frame begins at this offset of the file.
    case frame(Int)
    /// More that looks like frames than is worth checking: no writer leaves that behind.
    case lookalikes
  }

  /// Bytes of lookalikes that are hashed in the search for a valid frame. Without a bound, 16 MiB of crafted headers
  /// that each claim 16 MiB would keep a reader busy for hours.
  static let searchBudget = 16 * Limits.maxFrameBytes

  /// What follows `offset`, where no valid frame begins: looked through for one maximum frame length.
  func rest(after offset: Int, log: LogID) throws(FileError) -> Rest {
    var lastNonZero = -1
    var start = offset
    var budget = SegmentReader.searchBudget
    let size = try file.size()
    let limit = min(offset + Limits.maxFrameBytes, size)
    while start < limit {
      // Overlap by what a frame's magic number needs, so that none is cut at the border of two reads.
      let chunk = try file.bytes(at: start, count: min(1 << 20, limit - start))
      if chunk.isEmpty { break }
      var candidates = [Int]()
      chunk.withUnsafeBytes { raw in
        var index = 0
        while index < raw.count {
          if index + 8 <= raw.count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0 {
            index += 8
            continue
          }
          if raw[index] != 0 {
            lastNonZero = start + index
            if raw[index] == 0x5F, index + 4 <= raw.count,
              UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)) == Frame.magic
            {
              candidates.append(start + index)
            }
          }
          index += 1
        }
      }
      for candidate in candidates where candidate > offset {
        let header = try fill(candidate, atLeast: Frame.peekBytes)
        guard let extent = try? Frame.extent(header), candidate + extent.length <= size else { continue }
        budget -= extent.length
        if budget < 0 { return .lookalikes }
        if (try? Frame.parse(try bytes(at: candidate), log: log)) != nil { return .frame(candidate) }
      }
      // A file that shrinks meanwhile gives fewer bytes than it said: without this, the overlap would never end.
      if start + chunk.count >= limit || chunk.count < 4 { break }
      start += chunk.count - 3
    }
    return lastNonZero < 0 ? .zeros : .remains(lastNonZero + 1 - offset)
  }
}
