import Tallystick

/// Takes fields out of records: the first column that has something, blanks left out, names shortened.
///
/// Counts what it changed, so that the report can say so once.
struct FieldReader {
  private let trims: Bool
  private let shortens: Bool
  /// Fields that had blanks around what they have.
  private(set) var trimmed = 0
  /// Names that were longer than names may be.
  private(set) var shortened = 0
  private var names = NameCache()

  init(_ mapping: ImportMapping) {
    trims = mapping.trims
    shortens = mapping.longNames == .shorten
  }

  /// What a column has; empty if nothing. Counts nothing.
  func text(_ column: ColumnIndex.Column, of record: CSVRecord) -> ArraySlice<UInt8> {
    for position in column.positions where position < record.count {
      let field = record[position]
      let text = trims ? FieldReader.trimmed(field) : field
      if !text.isEmpty { return text }
    }
    return []
  }

  /// As ``text(_:of:)``, counted.
  mutating func counted(_ column: ColumnIndex.Column, of record: CSVRecord) -> ArraySlice<UInt8> {
    for position in column.positions where position < record.count {
      let field = record[position]
      guard let first = field.first, let last = field.last else { continue }
      guard trims, FieldReader.mayBeBlank(first) || FieldReader.mayBeBlank(last) else { return field }
      let text = FieldReader.trimmed(field)
      if text.count < field.count && !text.isEmpty { trimmed += 1 }
      if !text.isEmpty { return text }
    }
    return []
  }

  /// A name of up to 64 bytes, or what is wrong with it.
  mutating func name(_ text: ArraySlice<UInt8>) -> Result<Name, FieldFlaw> {
    do throws(FieldFlaw) {
      return .success(
        try text.withUnsafeBufferPointer { (bytes) throws(FieldFlaw) in
          if bytes.count > Limits.maxNameBytes { return try shortenedName(bytes) }
          // What is known was looked at.
          return try names.name(bytes) { (bytes) throws(FieldFlaw) in
            if !Name.isPlain(bytes), let flaw = Name.flaw(of: bytes) { throw FieldFlaw(what: flaw) }
            return Name(bytes: Array(bytes))
          }
        })
    } catch {
      return .failure(error)
    }
  }

  private mutating func shortenedName(_ bytes: UnsafeBufferPointer<UInt8>) throws(FieldFlaw) -> Name {
    if let flaw = Name.flaw(of: bytes, maximum: shortens ? .max : Limits.maxNameBytes) { throw FieldFlaw(what: flaw) }
    shortened += 1
    return NameShortening.shortened(Array(bytes)[...])
  }

  private static func mayBeBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0xA0 || byte == 0xC2 }

  /// Without blanks, tabs, line ends and no-break spaces at both ends.
  static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var field = field
    while let first = field.first {
      if first == 0x20 || 0x09...0x0D ~= first {
        field.removeFirst()
      } else if first == 0xC2, field.dropFirst().first == 0xA0 {
        field.removeFirst(2)
      } else {
        break
      }
    }
    while let last = field.last {
      if last == 0x20 || 0x09...0x0D ~= last {
        field.removeLast()
      } else if last == 0xA0, field.dropLast().last == 0xC2 {
        field.removeLast(2)
      } else {
        break
      }
    }
    return field
  }
}

/// What is wrong with one field, as the end of a sentence about it.
struct FieldFlaw: Error {
  var what: String
}
