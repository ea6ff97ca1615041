import TallyImport
import Tallystick

/// Every row that an import left out, as CSV: its line, its document and why.
///
/// Rows that cannot be read come first, then those of documents, in the order in which these were imported.
final class LeftOutFile {
  private let file: any LogFile
  private var buffer = Array("line,document,reason\r\n".utf8)
  private var offset = 0
  private var failure: FileError?

  /// Replaces the file if it exists.
  init(_ path: String) throws(FileError) {
    file = try LocalFileSystem().open(path, .readWriteOrCreate)
    try file.truncate(to: 0)
  }

  func add(_ row: LeftOutRow) {
    buffer.append(contentsOf: "\(row.line),\(quoted(row.document?.description ?? "")),\(quoted(row.reason))\r\n".utf8)
    if buffer.count >= 1 << 16 { flush() }
  }

  /// - Throws: the first thing that went wrong with the file.
  func finish() throws(FileError) {
    flush()
    file.close()
    if let failure { throw failure }
  }

  private func flush() {
    guard failure == nil else { return }
    do throws(FileError) {
      try file.write(buffer, at: offset)
      offset += buffer.count
    } catch {
      failure = error
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// A spreadsheet runs what begins with one of these as a formula: the text gets an apostrophe in front.
  private func quoted(_ text: String) -> String {
    let text = ["=", "+", "-", "@"].contains(where: { text.hasPrefix($0) }) ? "'\(text)" : text
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return text }
    return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }
}
