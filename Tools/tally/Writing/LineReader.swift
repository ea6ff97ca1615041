import Glibc

/// Lines of a file or a pipe, as they come.
final class LineReader {
  /// Longer lines are no commands: a batch of the largest size fits many times.
  static let maxLineBytes = 64 << 20

  private let descriptor: Int32
  private let name: String
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  /// What was read and not handed out.
  private var start = 0
  private var end = 0
  /// Where to look for the next line's end.
  private var scanned = 0
  private var isAtEnd = false
  private var isSkipping = false
  /// Some editors begin a file with it; RFC 8259 lets a reader pass over it.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// Of the last line handed out, from 1.
  private(set) var lineNumber = 0
  /// Handed out so far.
  private(set) var bytesDone = 0

  /// - Parameter path: `-` is standard input.
  init(path: String) throws {
    name = path == "-" ? "standard input" : path
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw CommandFailure.system("cannot open \(path)") }
  }
  deinit { buffer.deallocate() }

  /// Bytes of a regular file.
  var size: Int? {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  enum Line {
    case text(UnsafeRawBufferPointer)
    case tooLong
  }

  /// Waits for input and reads what there is.
  ///
  /// - Returns: false at the end, or when an interrupt came; then no lines follow.
  func fill() throws -> Bool {
    if isAtEnd { return false }
    makeRoom()
    while true {
      guard Interrupt.waitToRead(descriptor) else { return false }
      let count = read(descriptor, buffer.baseAddress! + end, buffer.count - end)
      if count > 0 {
        end += count
        return true
      }
      if count == 0 {
        isAtEnd = true
        return start < end || isSkipping
      }
      if errno != EINTR && errno != EAGAIN { throw CommandFailure.system("cannot read \(name)") }
    }
  }

  /// The next line that has come as a whole, without its end; valid until the next call of ``fill()``.
  func next() -> Line? {
    let newline = memchr(buffer.baseAddress! + scanned, 0x0A, end - scanned).map {
      $0 - UnsafeMutableRawPointer(buffer.baseAddress!)
    }
    guard let newline else { return unfinished() }
    let line = UnsafeRawBufferPointer(rebasing: buffer[start..<newline])
    bytesDone += newline + 1 - start
    start = newline + 1
    scanned = start
    defer { isSkipping = false }
    return isSkipping || line.count > LineReader.maxLineBytes ? tooLong() : text(line)
  }

  /// What stands after the last line's end: a line itself if nothing more comes.
  private func unfinished() -> Line? {
    scanned = end
    if end - start > LineReader.maxLineBytes {
      isSkipping = true
      bytesDone += end - start
      start = end
    }
    guard isAtEnd, start < end || isSkipping else { return nil }
    let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    defer { isSkipping = false }
    bytesDone += line.count
    start = end
    return isSkipping ? tooLong() : text(line)
  }

  private func tooLong() -> Line {
    lineNumber += 1
    return .tooLong
  }

  private func text(_ line: UnsafeRawBufferPointer) -> Line {
    lineNumber += 1
    let isMarked = lineNumber == 1 && line.starts(with: LineReader.byteOrderMark)
    return .text(isMarked ? UnsafeRawBufferPointer(rebasing: line.dropFirst(LineReader.byteOrderMark.count)) : line)
  }

  private func makeRoom() {
    if start > 0 {
      memmove(buffer.baseAddress!, buffer.baseAddress! + start, end - start)
      end -= start
      scanned -= start
      start = 0
    }
    guard end == buffer.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
    buffer.deallocate()
    buffer = larger
  }
}
