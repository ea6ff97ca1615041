extension EventColumns {
  /// `reserved`.
  public struct Reservations: ColumnGroup {
    /// 1 to 64 bytes each.
    public internal(set) var ids = StringColumn()
    /// What is held, ascending by item number.
    public internal(set) var lines = LineColumn()
    /// Up to 64 bytes each; no bytes: none.
    public internal(set) var customers = StringColumn()
    /// Milliseconds; 0: none.
    public internal(set) var timesToLive: [UInt64] = []

    @inline(__always) var count: Int { ids.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&ids, .id)
      try visitor.visit(&lines, atLeast: 1)
      try visitor.visit(&customers, .customer)
      try visitor.visit(&timesToLive, DurationForm.self)
    }
  }

  /// Appends a `reserved` row.
  ///
  /// - Parameters:
  ///   - id: 1 to 64 bytes.
  ///   - lines: ascending by item number, merged; one or more.
  ///   - customer: no bytes: none.
  ///   - timeToLive: milliseconds; 0: none.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  @inline(__always)
  public mutating func appendReservation(
    id: UnsafeBufferPointer<UInt8>, lines: UnsafeBufferPointer<LineEntry>, customer: UnsafeBufferPointer<UInt8>,
    timeToLive: Int64, time: Int64, more: Bool
  ) {
    begin(.reserved, time, more: more, bound: id.count + Self.bound(lines: lines.count) + customer.count)
    reserved.ids.append(id)
    reserved.lines.append(lines)
    if customer.isEmpty { reserved.customers.appendEmpty() } else { reserved.customers.append(customer) }
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// As ``appendReservation(id:lines:customer:timeToLive:time:more:)``, for one line and no customer, as most have.
  @inline(__always)
  public mutating func appendReservation(
    id: UnsafeBufferPointer<UInt8>, line: LineEntry, timeToLive: Int64, time: Int64
  ) {
    begin(.reserved, time, more: false, bound: id.count + Self.bound(lines: 1))
    reserved.ids.append(id)
    reserved.lines.append(line)
    reserved.customers.appendEmpty()
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// The same for one that stands in other columns, with its lines, and has no customer.
  @inline(__always)
  public mutating func appendReservation(
    id index: Int, of ids: borrowing StringColumn, lines: borrowing LineColumn, timeToLive: Int64, time: Int64
  ) {
    begin(
      .reserved, time, more: false, bound: ids.range(index).count + Self.bound(lines: lines.range(index).count))
    reserved.ids.append(index..<(index + 1), of: ids)
    reserved.lines.append(index..<(index + 1), of: lines)
    reserved.customers.appendEmpty()
    reserved.timesToLive.append(UInt64(timeToLive))
  }

  /// Appends reservations without customers at one time, column by column.
  ///
  /// - Parameters:
  ///   - range: which of the ids, lines and times to live.
  ///   - ids: 1 to 64 bytes each.
  ///   - lines: as many events' as there are ids.
  ///   - timesToLive: as many; milliseconds; 0: none.
  ///   - time: Unix milliseconds.
  public mutating func appendReservations(
    _ range: Range<Int>, ids: borrowing StringColumn, lines: borrowing LineColumn, timesToLive: borrowing [Int64],
    time: Int64
  ) {
    let bytesBefore = reserved.ids.bytes.count
    let linesBefore = reserved.lines.entries.count
    kinds.append(contentsOf: repeatElement(EventKind.reserved.rawValue << 1, count: range.count))
    times.append(contentsOf: repeatElement(time, count: range.count))
    reserved.ids.append(range, of: ids)
    reserved.lines.append(range, of: lines)
    reserved.customers.appendEmpty(range.count)
    timesToLive.withUnsafeBufferPointer { times in
      for index in range { reserved.timesToLive.append(UInt64(times[index])) }
    }
    payloadBound +=
      range.count * (24 + Self.bound(lines: 0)) + (reserved.lines.entries.count - linesBefore) * 12
      + reserved.ids.bytes.count - bytesBefore
  }
}
