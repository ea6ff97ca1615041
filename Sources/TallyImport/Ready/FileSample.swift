import Tallystick

/// The beginning of a file: what it is separated by, its header, and some records.
struct FileSample {
  private static let records = 1000

  let separator: UInt8
  let names: [String]
  private(set) var rows: [[String]] = []

  /// - Throws: ``ImportError`` if the file cannot be read or has no header.
  init(_ path: String, files: any FileSystem) throws(ImportError) {
    separator = try FileSample.separator(of: path, files)
    let input = try InputFile(path, encoding: nil, files: files)
    defer { input.close() }
    do throws(FileError) {
      var reader = input.reader(separator: separator)
      var record = CSVRecord()
      guard try reader.next(into: &record), record.flaw == nil else {
        throw ImportError.input("\(path) has no first line that names columns").asFileError
      }
      names = FileSample.fields(of: record)
      while rows.count < FileSample.records, try reader.next(into: &record) {
        if record.flaw == nil && record.count == names.count { rows.append(FileSample.fields(of: record)) }
      }
    } catch {
      throw ImportError(error)
    }
  }

  private static func fields(of record: CSVRecord) -> [String] {
    (0..<record.count).map { String(decoding: FieldReader.trimmed(record[$0]), as: UTF8.self) }
  }

  /// What the first line has most of.
  private static func separator(of path: String, _ files: any FileSystem) throws(ImportError) -> UInt8 {
    let candidates = [",", ";", "\t", "|"].map { UInt8(ascii: $0.unicodeScalars.first ?? ",") }
    let input = try InputFile(path, encoding: nil, files: files)
    defer { input.close() }
    // Nothing is separated by a zero byte: the line is one field.
    var reader = input.reader(separator: 0)
    var record = CSVRecord()
    do throws(FileError) {
      guard try reader.next(into: &record), record.count > 0 else { return candidates[0] }
    } catch {
      throw ImportError(error)
    }
    let line = record[0]
    let counts = candidates.map { candidate in line.count { $0 == candidate } }
    let best = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return counts[best] > 0 ? candidates[best] : candidates[0]
  }

  /// What a column has that is not empty.
  func values(of column: Int) -> [String] { rows.lazy.map { $0[column] }.filter { !$0.isEmpty } }
}
