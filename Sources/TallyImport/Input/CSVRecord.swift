/// One record of a CSV file: its fields with quotes removed, or what is wrong with it.
///
/// Reused for record after record, so that reading allocates nothing once its buffers have grown.
public struct CSVRecord: Sendable {
  /// What makes text no CSV record.
  public enum Flaw: Equatable, Sendable {
    /// A quoted field is never closed, or not within the largest record.
    case openQuote
    /// Something other than a separator or the end of the line follows a closing quote.
    case textAfterQuote
    /// More bytes than a record may have.
    case tooLong(maximum: Int)

    /// In words for people.
    public var description: String {
      switch self {
      case .openQuote: "a quote is opened and never closed"
      case .textAfterQuote: "text follows a closing quote (a quote inside a quoted field is written twice)"
      case .tooLong(let maximum): "the record has more than \(maximum) bytes"
      }
    }
  }

  /// The line of the file on which it begins, from 1.
  public internal(set) var line = 0
  /// What is wrong with it; it has no fields then, and the reader goes on with the next line.
  public internal(set) var flaw: Flaw?
  /// The file ends here, without the newline that ends a line.
  public internal(set) var isCutOff = false

  /// The fields one after the other, each followed by a comma: so that no two halves of a character meet.
  private var bytes: [UInt8] = []
  /// Where each field ends: at its comma.
  private var ends: [Int] = []

  public init() {}

  /// The number of fields.
  public var count: Int { ends.count }

  /// A field's bytes, not checked to be UTF-8.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1] + 1)..<ends[index]] }

  /// An empty line.
  public var isBlank: Bool { flaw == nil && ends.count == 1 && ends[0] == 0 }

  /// The first field that is not valid UTF-8. Linear in the record's length.
  public var firstFieldNotUTF8: Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    return ends.indices.first { String(validating: self[$0], as: UTF8.self) == nil }
  }

  /// Gives the empty ones of some fields what another record has there. Linear in the records' length if there are any.
  mutating func fill(_ positions: Set<Int>, from other: CSVRecord) {
    guard positions.contains(where: { self[$0].isEmpty && !other[$0].isEmpty }) else { return }
    var filled = CSVRecord()
    for position in 0..<count {
      let isTaken = positions.contains(position) && self[position].isEmpty
      filled.bytes += isTaken ? other[position] : self[position]
      filled.endField()
    }
    (bytes, ends) = (filled.bytes, filled.ends)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    isCutOff = false
    flaw = nil
  }
  mutating func append(_ run: UnsafeRawBufferPointer) { bytes.append(contentsOf: run) }
  mutating func endField() {
    ends.append(bytes.count)
    bytes.append(UInt8(ascii: ","))
  }
}
