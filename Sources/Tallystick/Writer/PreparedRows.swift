/// Rows, and what can be known of them without the log's state: made on the thread that hands them over, so that the
/// writer's does only what nobody else can.
struct PreparedRows: Sendable {
  private(set) var columns: CommandRows
  /// Fingerprints of the ids.
  private(set) var fingerprints: [UInt64] = []
  /// The ``CompactName/halves(of:)`` of plain ids that are not long; of all others, and of the nil UUID, ``none``.
  private(set) var halves: [(high: UInt64, low: UInt64)] = []

  static let none: (high: UInt64, low: UInt64) = (0, 0)

  var count: Int { columns.count }
  /// About how much memory they take. Cost: none that grows with them.
  var queuedBytes: Int {
    let row = 1 + 3 * MemoryLayout<UInt32>.stride + 4 * MemoryLayout<UInt64>.stride
    return count * row + columns.names.bytes.count + columns.customers.bytes.count
      + columns.lines.entries.count * MemoryLayout<LineEntry>.stride
  }

  /// Cost: some 20 ns a row.
  init(_ columns: CommandRows, _ hash: SipHash) {
    self.columns = columns
    fingerprints.reserveCapacity(columns.count)
    halves.reserveCapacity(columns.count)
    for index in 0..<columns.count { columns.names.withBytes(index) { prepare($0, hash) } }
  }

  init() { columns = CommandRows() }

  private mutating func prepare(_ id: UnsafeBufferPointer<UInt8>, _ hash: SipHash) {
    fingerprints.append(hash(id))
    halves.append(Name.isPlain(id) ? CompactName.halves(of: id) ?? PreparedRows.none : PreparedRows.none)
  }

  /// Appends a row.
  mutating func append(
    _ id: UnsafeBufferPointer<UInt8>, _ hash: SipHash,
    _ add: (inout CommandRows, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    add(&columns, id)
    prepare(id, hash)
  }

  /// Holds the place of a command that is no row.
  mutating func appendOther() {
    columns.appendOther()
    fingerprints.append(0)
    halves.append(PreparedRows.none)
  }

  mutating func setItem(_ item: ItemNumber, of row: Int) { columns.setItem(item, of: row) }

  /// Forgets everything but keeps the memory.
  mutating func removeAll() {
    columns.removeAll()
    fingerprints.removeAll(keepingCapacity: true)
    halves.removeAll(keepingCapacity: true)
  }

  /// Whether the row's id can be kept in a record.
  @inline(__always) func isCompact(_ row: Int) -> Bool { halves[row].high | halves[row].low != 0 }

  @inline(__always) func withFingerprints<R>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt64>) -> R) -> R {
    fingerprints.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
  }
}
