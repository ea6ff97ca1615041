import Glibc
import Tallystick

/// Text of another encoding as UTF-8, by the C library's `iconv`.
///
/// What is no character there becomes a byte that is none in UTF-8 either, so that only a row that needs it is wrong.
final class TextDecoder: ByteStream {
  private static let chunkBytes = 1 << 15

  private let source: any ByteStream
  private let converter: iconv_t
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var outputStart = 0
  private var isAtEnd = false

  /// - Throws: ``ImportError/mapping(_:)`` if the system does not know the encoding.
  static func check(_ encoding: String) throws(ImportError) {
    guard let converter = open(encoding) else {
      throw .mapping("the system knows no encoding \"\(encoding)\"; `iconv -l` lists those it does")
    }
    iconv_close(converter)
  }

  private static func open(_ encoding: String) -> iconv_t? {
    let isName = !encoding.isEmpty && encoding.utf8.count <= 64 && encoding.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isName, let converter = iconv_open("UTF-8", encoding), converter != iconv_t(bitPattern: -1) else {
      return nil
    }
    return converter
  }

  /// - Throws: ``ImportError/mapping(_:)`` if the system does not know the encoding.
  init(_ source: any ByteStream, encoding: String) throws(ImportError) {
    guard let converter = TextDecoder.open(encoding) else {
      throw .mapping("the system knows no encoding \"\(encoding)\"; `iconv -l` lists those it does")
    }
    self.source = source
    self.converter = converter
  }

  deinit { iconv_close(converter) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while outputStart == output.count {
      if isAtEnd { return 0 }
      try convertMore()
    }
    let count = min(buffer.count, output.count - outputStart)
    buffer.copyBytes(from: output[outputStart..<(outputStart + count)])
    outputStart += count
    return count
  }

  private func convertMore() throws(FileError) {
    var chunk = [UInt8](repeating: 0, count: TextDecoder.chunkBytes)
    let result: Result<Int, FileError> = chunk.withUnsafeMutableBytes { raw in
      do throws(FileError) { return .success(try source.read(into: raw)) } catch { return .failure(error) }
    }
    let count = try result.get()
    isAtEnd = count == 0
    input.append(contentsOf: chunk.prefix(count))
    output.removeAll(keepingCapacity: true)
    outputStart = 0
    convert()
    if isAtEnd && !input.isEmpty {
      // Half a character.
      input.removeAll()
      output.append(0xFF)
    }
  }

  private func convert() {
    var room = [CChar](repeating: 0, count: TextDecoder.chunkBytes * 4)
    var taken = 0
    while taken < input.count {
      var left = input.count - taken
      var free = room.count
      let code: Int32 = input.withUnsafeMutableBytes { raw in
        room.withUnsafeMutableBufferPointer { room in
          var from = raw.baseAddress.map { ($0 + taken).assumingMemoryBound(to: CChar.self) }
          var into = room.baseAddress
          return iconv(converter, &from, &left, &into, &free) == -1 ? errno : 0
        }
      }
      taken = input.count - left
      output.append(contentsOf: room[..<(room.count - free)].lazy.map { UInt8(bitPattern: $0) })
      switch code {
      case EILSEQ:
        output.append(0xFF)
        taken += 1
      case EINVAL:
        input.removeFirst(taken)
        return
      default: break
      }
    }
    input.removeAll(keepingCapacity: true)
  }
}
