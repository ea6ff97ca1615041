import Glibc
import Tallystick

/// A file as UTF-8 text, whatever it is packed and encoded in.
final class InputFile {
  /// Marks an error that the file's content is to blame for, not the disk.
  static let badData: Int32 = -65

  /// Bytes on the disk.
  let size: Int
  private let file: any LogFile
  private let bytes: FileBytes
  private let text: any ByteStream

  /// Of the bytes on the disk, those that were read.
  var offset: Int { bytes.offset }

  /// - Parameter encoding: as `iconv` names it; `nil`: UTF-8, or what a mark at the beginning says.
  /// - Throws: ``ImportError/input(_:)`` for a file that is no text, saying what to do with it.
  init(_ path: String, encoding: String?, files: any FileSystem) throws(ImportError) {
    do throws(FileError) {
      let file = try files.open(path, .read)
      self.file = file
      size = try file.size()
      bytes = FileBytes(file)
      let head = try file.bytes(at: 0, count: 8)
      if let what = InputFile.kind(head) {
        throw FileError(operation: "import", path: path, code: Self.badData, reason: what)
      }
      let unpacked: any ByteStream = head.starts(with: [0x1F, 0x8B]) ? try GunzippedBytes(bytes, path: path) : bytes
      let peeked = try PeekedBytes(unpacked, count: 4)
      if unpacked !== bytes, let what = InputFile.kind(peeked.head) {
        throw FileError(operation: "import", path: path, code: Self.badData, reason: what)
      }
      let decoded: Result<any ByteStream, ImportError> = InputFile.decoded(peeked, encoding)
      switch decoded {
      case .success(let stream): text = stream
      case .failure(let error): throw FileError(operation: "import", path: path, code: Self.badData, reason: "\(error)")
      }
    } catch {
      throw ImportError(error)
    }
  }

  func close() { file.close() }

  func reader(separator: UInt8) -> CSVReader {
    CSVReader(separator: separator) { [text] (buffer) throws(FileError) -> Int in try text.read(into: buffer) }
  }

  private static func decoded(_ stream: PeekedBytes, _ encoding: String?) -> Result<any ByteStream, ImportError> {
    var name = encoding
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32LE"), ([0, 0, 0xFE, 0xFF], "UTF-32BE"), ([0xFF, 0xFE], "UTF-16LE"),
      ([0xFE, 0xFF], "UTF-16BE"),
    ]
    if let (mark, marked) = marks.first(where: { stream.head.starts(with: $0.0) }) {
      let isTold = name.map { $0.utf8.map { $0 & 0xDF }.starts(with: "UTF".utf8) } ?? true
      if isTold {
        stream.drop(mark.count)
        name = marked
      }
    }
    guard let name, !["UTF-8", "utf-8", "utf8", "UTF8"].contains(name) else { return .success(stream) }
    do throws(ImportError) { return .success(try TextDecoder(stream, encoding: name)) } catch { return .failure(error) }
  }

  /// What a file that is no text is, and what to do; `nil` if it may be text.
  private static func kind(_ head: [UInt8]) -> String? {
    let asCSV = "open it in a spreadsheet and save it as CSV (UTF-8)"
    let unpack = "unpack it first"
    let kinds: [([UInt8], String)] = [
      (Array("PK\u{3}\u{4}".utf8), "it is an .xlsx or .ods workbook, or a zip archive; \(asCSV), or \(unpack)"),
      ([0xD0, 0xCF, 0x11, 0xE0], "it is an .xls workbook; \(asCSV)"), (Array("%PDF".utf8), "it is a PDF, not a table"),
      ([0x28, 0xB5, 0x2F, 0xFD], "it is packed by zstd; \(unpack) (zstd -d)"),
      (Array("BZh".utf8), "it is packed by bzip2; \(unpack) (bunzip2)"),
      ([0xFD, 0x37, 0x7A, 0x58], "it is packed by xz; \(unpack) (unxz)"),
      ([0x37, 0x7A, 0xBC, 0xAF], "it is a 7z archive; \(unpack)"),
      (Array("Rar!".utf8), "it is a rar archive; \(unpack)"),
      (Array("SQLi".utf8), "it is an SQLite database; export the table as CSV"),
    ]
    return kinds.first { head.starts(with: $0.0) }?.1
  }
}

extension ImportError {
  init(_ error: FileError) {
    let advice = error.code == ESPIPE ? "; an import reads its file by position: save it to a file first" : ""
    guard error.code == InputFile.badData else {
      self = .file("\(error)\(advice)")
      return
    }
    self = .input(error.path.isEmpty ? error.reason : "\(error.path): \(error.reason)")
  }
}
