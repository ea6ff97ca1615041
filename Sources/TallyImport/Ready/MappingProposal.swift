import TallyText
import Tallystick

/// The mapping that fits a file best: one that is there already, or one made from the names of its columns.
///
/// Reads the header and up to a thousand records. A proposal is for a person to read: ``notes`` say what was not
/// understood.
public struct MappingProposal {
  /// The mapping file's text.
  public let json: String
  /// In words for people.
  public let notes: [String]

  /// - Throws: ``ImportError`` if the file cannot be read or has no header.
  public init(_ path: String, files: any FileSystem = LocalFileSystem()) throws(ImportError) {
    let sample = try FileSample(path, files: files)
    if let ready = MappingProposal.ready(for: sample) {
      json = ready.json
      notes =
        ["this looks like \(ready.title): import it with --map \(ready.name)"] + MappingProposal.unused(ready, sample)
      return
    }
    var guess = MappingGuess(sample)
    json = guess.mapping()
    notes = guess.notes
  }

  /// Of those that have all their columns here, the one that names most.
  private static func ready(for sample: FileSample) -> ReadyMapping? {
    let index = ColumnIndex(names: sample.names, separator: sample.separator)
    let fitting = ReadyMapping.all.compactMap { ready -> (ReadyMapping, Int)? in
      guard let mapping = try? ready.mapping(), mapping.separator == sample.separator,
        (try? RecordSource(index, mapping, nil)) != nil
      else { return nil }
      return (ready, mapping.usedColumns.count)
    }
    // Two columns that any file may have are no sign.
    return fitting.filter { $0.1 >= 3 }.max { $0.1 < $1.1 }?.0
  }

  private static func unused(_ ready: ReadyMapping, _ sample: FileSample) -> [String] {
    guard let mapping = try? ready.mapping() else { return [] }
    let used = Set(mapping.usedColumns.flatMap(\.names))
    let rest = sample.names.filter { !used.contains($0) }
    return rest.isEmpty ? [] : ["not looked at: \(rest.map { "\"\($0.printableStart)\"" }.joined(separator: ", "))"]
  }
}

extension ImportMapping {
  /// All columns that it names.
  var usedColumns: [Column] {
    let named = [
      columns.document, columns.sku, columns.quantity, columns.time, columns.timeOfDay, columns.customer,
      columns.location, columns.from, columns.to, columns.reason,
    ]
    return named.compactMap { $0 } + columns.quantities.map(\.column) + rules.flatMap(\.columns)
      + skippedRows.flatMap { $0.map(\.column) }
  }
}
