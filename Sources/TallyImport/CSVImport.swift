import Tallystick

/// Imports orders and movements, or a list of what is on hand, from a CSV file.
///
/// The rows of one document form one reservation with its lines merged per item, committed when made if the mapping says
/// so; returns and receipts of a day are merged likewise; every adjustment is a command of its own. A document of which a
/// row cannot be read is left out whole.
///
/// Every command carries the time of its document's first row and an id or key made from the document's number, so that
/// running an import again answers `repeated` for what the log has. The log's time never goes back: a row dated before
/// the row above it, or before the log's last event, is treated as the mapping's `late` says; a file in another order is
/// sorted if the mapping's `order` says so.
///
/// The file is read once, before anything is sent. Memory: ``RowArrangement/memory`` twice, one batch of commands, one
/// entry an item where opening stock is asked for; rows beyond that wait in a file without a name (see TMPDIR).
public struct CSVImport {
  private let path: String
  private let mapping: ImportMapping
  private let pseudonyms: Pseudonyms?
  private let files: any FileSystem

  /// - Parameters:
  ///   - path: the file's; `.gz` is unpacked.
  ///   - mapping: which column is what.
  ///   - pseudonyms: replaces customers; `nil`: they stay as they are.
  ///   - files: where the file is.
  public init(
    _ path: String, mapping: ImportMapping, pseudonyms: Pseudonyms? = nil, files: any FileSystem = LocalFileSystem()
  ) {
    self.path = path
    self.mapping = mapping
    self.pseudonyms = pseudonyms
    self.files = files
  }

  /// Runs to the end of the file, until it is cancelled, or until the log fails.
  ///
  /// - Throws: ``ImportError`` if the file cannot be read or lacks a column. Rows that are wrong are counted and told.
  public func run(into target: ImportTarget, observer: ImportObserver = ImportObserver()) throws(ImportError)
    -> ImportReport
  {
    let input = try InputFile(path, encoding: mapping.encoding, files: files)
    defer { input.close() }
    var reading = RowGathering(mapping, observer)
    do throws(ImportError) {
      try reading.read(input, pseudonyms)
    } catch {
      // What is wrong with the file itself is told with its name.
      guard case .input(let what) = error, !what.hasPrefix(path) else { throw error }
      throw .input("\(path): \(what)")
    }
    var run = ImportRun(
      mapping: mapping, target: target, observer: observer, flawed: reading.flawed, report: reading.report)
    if observer.isCancelled() { run.stop() }
    if run.goesOn, let opening = try reading.openingStock() { try run.open(opening) }
    try apply(&reading, to: &run, size: input.size)
    if observer.isCancelled() { run.stop() }
    try run.finish()
    return run.report
  }

  private func apply(_ reading: inout RowGathering, to run: inout ImportRun, size: Int) throws(ImportError) {
    guard run.goesOn else { return }
    let all = max(1, reading.rows.count)
    var count = 0
    var list = StockListParts(mapping.duplicates)
    let isList = mapping.document == .stockList
    let observer = run.observer
    try reading.rows.showAll { row throws(ImportError) in
      count += 1
      if count % 256 == 0 {
        observer.progress(size + size * count / all, 2 * size, count)
        if observer.isCancelled() {
          run.stop()
          return false
        }
      }
      guard isList, run.isWhole(row.document) else {
        try run.add(row)
        return run.goesOn
      }
      list.add(row)
      if list.isFull { try run.set(list.takePart(), part: list.number) }
      return run.goesOn
    }
    while run.goesOn, !list.rows.isEmpty { try run.set(list.takePart(), part: list.number) }
    observer.progress(2 * size, 2 * size, count)
  }
}
