import Tallystick

/// Reads a file's rows, and notes what is wrong with them.
///
/// Not copied: it holds all that was read.
struct RowGathering: ~Copyable {
  /// Documents that may be left out: a file with more was made for another mapping.
  private static let maximumFlawed = 200_000

  private let mapping: ImportMapping
  private let observer: ImportObserver
  var rows: RowArrangement
  /// Documents that are left out, and the first line because of which they are.
  private(set) var flawed: [Name: Int] = [:]
  private(set) var report = ImportReport()
  /// Of all rows, those of flawed documents included; `nil`: nobody asks.
  private var opening: OpeningStock?
  /// What a record is.
  private var found: [ImportRow] = []
  /// Of the row above.
  private var document: Name?
  /// A line that cannot be read, and may belong to the row below.
  private var flawedAbove: Int?

  init(_ mapping: ImportMapping, _ observer: ImportObserver) {
    self.mapping = mapping
    self.observer = observer
    rows = RowArrangement(mapping)
    if mapping.document == .rows && mapping.opening != .none { opening = OpeningStock(mapping.opening) }
  }

  /// What stood in the shelves, if the mapping says so. Reads all rows once more if some are left out.
  func openingStock() throws(ImportError) -> OpeningStock? {
    guard opening != nil, !flawed.isEmpty else { return opening }
    var opening = OpeningStock(mapping.opening)
    try rows.inFileOrder { row throws(ImportError) in
      if flawed[row.document] == nil { opening.add(row) }
      return true
    }
    return opening
  }

  /// Reads all records. Stops early if it is cancelled.
  mutating func read(_ input: InputFile, _ pseudonyms: Pseudonyms?) throws(ImportError) {
    do throws(FileError) {
      var reader = input.reader(separator: mapping.separator)
      var record = CSVRecord()
      let index: ColumnIndex
      switch try header(&reader, &record) {
      case .success(let found):
        index = found
        report.ignoredColumns = index.meaningful(besides: mapping.usedColumns)
      case .failure(let error): throw error.asFileError
      }
      switch recordReader(index, pseudonyms) {
      case .success(var source): try read(&reader, &record, &source, input)
      case .failure(let error): throw error.asFileError
      }
    } catch {
      throw ImportError(error)
    }
    report.isSorted = rows.isSorted
  }

  private mutating func read(
    _ reader: inout CSVReader, _ record: inout CSVRecord, _ source: inout RecordSource, _ input: InputFile
  ) throws(FileError) {
    var above = CSVRecord()
    while try reader.next(into: &record) {
      report.rows += 1
      if report.rows % 256 == 0 {
        observer.progress(input.offset, 2 * input.size, report.rows)
        if observer.isCancelled() { return }
      }
      if let fill = source.fill {
        fill.fill(&record, from: above)
        if record.flaw == nil && !record.isBlank { above = record }
      }
      found.removeAll(keepingCapacity: true)
      switch source.read(record, into: &found) {
      case nil: try takeFound()
      case .skipped(let reason)?: skip(reason, record.line)
      case .flawed(let flaw)?: take(flaw, line: record.line)
      }
      if flawed.count > RowGathering.maximumFlawed {
        throw ImportError.input(
          "more than \(RowGathering.maximumFlawed) documents cannot be read; see whether the mapping is for this file"
        ).asFileError
      }
    }
    report.trimmedFields = source.fields?.trimmed ?? 0
    report.shortenedNames = source.fields?.shortened ?? 0
  }

  // MARK: Header

  private func header(
    _ reader: inout CSVReader, _ record: inout CSVRecord
  ) throws(FileError) -> Result<ColumnIndex, ImportError> {
    for _ in 0..<mapping.skippedLines {
      guard try reader.next(into: &record) else {
        return .failure(.input("has no more than the \(mapping.skippedLines) lines that the mapping skips"))
      }
    }
    if let names = mapping.header { return .success(ColumnIndex(names: names, separator: mapping.separator)) }
    guard try reader.next(into: &record) else {
      return .failure(.input("is empty; its first line must name the columns"))
    }
    if let flaw = record.flaw { return .failure(.input("line \(record.line): \(flaw.description)")) }
    let names = (0..<record.count).map { index in
      String(decoding: mapping.trims ? FieldReader.trimmed(record[index]) : record[index], as: UTF8.self)
    }
    return .success(ColumnIndex(names: names, separator: mapping.separator))
  }

  private func recordReader(_ index: ColumnIndex, _ pseudonyms: Pseudonyms?) -> Result<RecordSource, ImportError> {
    do throws(ImportError) { return .success(try RecordSource(index, mapping, pseudonyms)) } catch {
      return .failure(error)
    }
  }

  // MARK: Rows

  private mutating func takeFound() throws(FileError) {
    for position in found.indices {
      found[position].recordCount = position == 0 ? 1 : 0
      let number = found[position].document
      if let line = flawedAbove {
        flawed[number] = flawed[number] ?? line
        flawedAbove = nil
      }
      document = number
      opening?.add(found[position])
      try rows.append(found[position])
    }
  }

  private mutating func skip(_ reason: ImportReport.SkipReason, _ line: Int) {
    report.skipped[reason, default: 0] += 1
    if reason != .blank { observer.leftOut?(LeftOutRow(line: line, document: nil, reason: reason.rawValue)) }
  }

  private mutating func take(_ flaw: RowFlaw, line: Int) {
    report.skipped[flaw.reason, default: 0] += 1
    var blamed: Name?
    switch flaw.blame {
    case .document(let name):
      blamed = name
      document = name
      if let above = flawedAbove { flawed[name] = flawed[name] ?? above }
      flawedAbove = nil
    case .above: blamed = document
    case .neighbours:
      blamed = document
      flawedAbove = flawedAbove ?? line
    }
    if let blamed { flawed[blamed] = flawed[blamed] ?? line }
    observer.problem(ImportProblem(kind: .malformed, reason: flaw.kind, line: line, message: flaw.message))
    observer.leftOut?(LeftOutRow(line: line, document: blamed, reason: flaw.message))
  }
}

extension ImportError {
  /// For code that throws errors of files only; ``init(_:)`` makes it what it was.
  var asFileError: FileError {
    FileError(operation: "import", path: "", code: InputFile.badData, reason: description)
  }
}
