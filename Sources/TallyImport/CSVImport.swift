import Glibc
import Tallystick

/// Imports orders and movements from a CSV file.
///
/// Consecutive rows of one document form one reservation with its lines merged per item, committed when made if the
/// mapping says so; returns and receipts are merged likewise; every write-off is an adjustment of its own. A write-off
/// takes effect where it stands, before its document's other rows.
///
/// Every command carries the time of its document's first row and an id or key made from the document's number, so that
/// running an import again answers `repeated` for what the log has. The log's time never goes back: a row dated before
/// the row above it, or before the log's last event, is treated as the mapping's `late` says.
///
/// Memory: one batch of commands, and one entry an item where opening stock is asked for. Reads the file twice then.
public struct CSVImport {
  private let path: String
  private let mapping: ImportMapping
  private let files: any FileSystem

  public init(_ path: String, mapping: ImportMapping, files: any FileSystem = LocalFileSystem()) {
    self.path = path
    self.mapping = mapping
    self.files = files
  }

  /// Runs to the end of the file, until it is cancelled, or until the log fails.
  ///
  /// - Throws: ``ImportError`` if the file cannot be read or lacks a column. Rows that are wrong are counted and told.
  public func run(into target: ImportTarget, observer: ImportObserver = ImportObserver()) throws(ImportError)
    -> ImportReport
  {
    var run = ImportRun(mapping: mapping, target: target, observer: observer)
    var doneBefore = 0
    if mapping.opening != .none {
      var opening = OpeningStock(mapping.opening)
      try pass(doneBefore: 0, passes: 2, observer) { reading, _ in
        if case .row(let row) = reading { opening.add(row) }
        return true
      }
      if !observer.isCancelled() { run.open(opening) }
      doneBefore = 1
    }
    if observer.isCancelled() { run.stop() }
    if run.goesOn {
      try pass(doneBefore: doneBefore, passes: doneBefore + 1, observer) { reading, line in
        run.add(reading, line: line)
        return run.goesOn
      }
    }
    if observer.isCancelled() { run.stop() }
    run.finish()
    return run.report
  }

  /// Reads all rows.
  private func pass(
    doneBefore: Int, passes: Int, _ observer: ImportObserver, _ body: (RowReading, _ line: Int) -> Bool
  ) throws(ImportError) {
    do {
      let file = try files.open(path, .read)
      defer { file.close() }
      let size = try file.size()
      var reader = CSVReader(file, separator: mapping.separator)
      var record = CSVRecord()
      guard try reader.next(into: &record) else {
        throw ImportError.input("\(path) is empty; its first line must name the columns")
      }
      let rows: RowReader
      do throws(ImportError) {
        rows = try RowReader(header: record, mapping: mapping)
      } catch {
        throw ImportError.input("\(path): \(error)")
      }
      var count = 0
      while try reader.next(into: &record) {
        count += 1
        if count % 256 == 0 {
          observer.progress(doneBefore * size + reader.offset, passes * size, count)
          if observer.isCancelled() { return }
        }
        guard body(rows.read(record), record.line) else { return }
      }
      observer.progress(doneBefore * size + reader.offset, passes * size, count)
    } catch let error as ImportError {
      throw error
    } catch let error as FileError {
      let advice = error.code == ESPIPE ? "; an import reads its file by position: save it to a file first" : ""
      throw .file(error.description + advice)
    } catch {
      throw .file("\(error)")
    }
  }
}
