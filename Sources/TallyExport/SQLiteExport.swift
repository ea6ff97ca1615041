import Tallystick

/// Writes a log into a new SQLite database: `events`, `event_lines`, `asked_lines`, `recipe_parts`, `preferences`, `items`, `stock`,
/// `reservations`, `consumers`, `refusals`.
///
/// The file appears under its name only when it is whole and the sums of its lines equal the log's stock. Everything is
/// in one transaction. Memory: the log's items and open reservations.
package struct SQLiteExport {
  private let reader: LogReader
  private let path: String
  private let replaces: Bool

  /// - Parameter replaces: replace `path` if it exists.
  package init(_ reader: LogReader, path: String, replaces: Bool = false) {
    self.reader = reader
    self.path = path
    self.replaces = replaces
  }

  /// - Returns: the last event's sequence number; 0 if there was none.
  /// - Throws: ``ExportError``, or what reading the log throws.
  @discardableResult
  package func run(observer: ExportObserver = ExportObserver()) throws -> UInt64 {
    var file = try ExportFile(path, replaces: replaces)
    let database = try SQLiteDatabase(creating: file.partialPath)
    // A half-written file is discarded, so nothing is lost by not journaling it.
    try database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096; BEGIN;")
    try database.execute(SQLiteSchema.tables)
    let last = try write(to: database, observer)
    try database.execute(SQLiteSchema.states)
    try database.execute(SQLiteSchema.indexes)
    let differences = try database.prepare(SQLiteSchema.differences).integer()
    guard differences == 0 else { throw ExportError.doesNotAddUp(path: path, items: Int(differences)) }
    try database.execute("COMMIT;")
    try database.close()
    try file.finish()
    return last
  }

  private func write(to database: SQLiteDatabase, _ observer: ExportObserver) throws -> UInt64 {
    let rows = try SQLiteRows(database)
    var last: UInt64 = 0
    var isCancelled = false
    try reader.events(EventFilter()) { event in
      try rows.insert(event)
      last = event.sequence
      isCancelled = !observer.admits(last)
      return !isCancelled
    }
    if isCancelled { throw ExportError.cancelled }
    // The log may have grown meanwhile.
    let stock = try reader.stock(at: .sequence(last))
    for level in stock.levels { try rows.insert(level) }
    try database.prepare("INSERT INTO log VALUES (?, ?, ?)").run(
      SQLiteValue(reader.log.description), SQLiteValue(last), SQLiteValue(stock.time))
    return last
  }
}

/// Turns events and stock levels into rows.
private struct SQLiteRows {
  private let event: SQLiteStatement
  private let line: SQLiteStatement
  private let asked: SQLiteStatement
  private let part: SQLiteStatement
  private let preference: SQLiteStatement
  private let item: SQLiteStatement
  private let level: SQLiteStatement
  private let reservation: SQLiteStatement
  private let filling: SQLiteStatement
  private let settlements: [EventKind: SQLiteStatement]
  private let extending: SQLiteStatement
  private let amendment: SQLiteStatement
  private let reopening: SQLiteStatement
  private let acknowledgement: SQLiteStatement
  private let forgetting: SQLiteStatement
  private let refusal: SQLiteStatement

  init(_ database: SQLiteDatabase) throws(ExportError) {
    event = try database.prepare(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    line = try database.prepare("INSERT INTO event_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    asked = try database.prepare("INSERT INTO asked_lines VALUES (?, ?, ?, ?, ?)")
    part = try database.prepare("INSERT INTO recipe_parts VALUES (?, ?, ?, ?, ?)")
    preference = try database.prepare("INSERT INTO preferences VALUES (?, ?, ?, ?)")
    item = try database.prepare("INSERT INTO items VALUES (?, ?, ?, ?)")
    level = try database.prepare("INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    reservation = try database.prepare("INSERT INTO reservations VALUES (?, ?, 'open', ?, ?, ?, ?, 0, 0, 0, 0, ?)")
    settlements = [
      .committed: try database.prepare("UPDATE reservations SET committed = committed + ? WHERE seq = ?"),
      .released: try database.prepare("UPDATE reservations SET released = released + ?, waiting = 0 WHERE seq = ?"),
      .committedMore: try database.prepare("UPDATE reservations SET committed = committed + ? WHERE seq = ?"),
      .returnedOf: try database.prepare("UPDATE reservations SET returned = returned + ? WHERE seq = ?"),
      .expired: try database.prepare("UPDATE reservations SET expired = expired + ?, waiting = 0 WHERE seq = ?"),
    ]
    filling = try database.prepare("UPDATE reservations SET expires_ms = ?, waiting = 0 WHERE seq = ?")
    extending = try database.prepare("UPDATE reservations SET expires_ms = ? WHERE seq = ?")
    reopening = try database.prepare(
      "UPDATE reservations SET expires_ms = ?, released = 0, expired = 0 WHERE seq = ?")
    acknowledgement = try database.prepare("INSERT OR REPLACE INTO consumers VALUES (?, ?, ?)")
    forgetting = try database.prepare("DELETE FROM consumers WHERE consumer = ?")
    refusal = try database.prepare("INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?)")
    amendment = try database.prepare(
      "UPDATE reservations SET reserved = reserved + ?, waiting = waiting + ? WHERE seq = ?")
  }

  func insert(_ recorded: RecordedEvent) throws(ExportError) {
    let policy: String? = recorded.releasePolicy.map { $0.isNewest ? "newest" : "oldest" }.map {
      recorded.releasePolicy?.trims == true ? $0 + " trim" : $0
    }
    try event.run(
      SQLiteValue(recorded.sequence), SQLiteValue(recorded.time), SQLiteValue(recorded.kind.name),
      SQLiteValue(recorded.id), SQLiteValue(recorded.reservation), SQLiteValue(recorded.customer),
      SQLiteValue(recorded.expires), SQLiteValue(recorded.key), SQLiteValue(recorded.reference),
      SQLiteValue(recorded.reason), SQLiteValue(recorded.item?.sku),
      SQLiteValue(recorded.kind == .preferenceSet ? nil : recorded.item?.location),
      SQLiteValue(recorded.limit), SQLiteValue(recorded.adjustedTo), SQLiteValue(recorded.adjustedBy),
      SQLiteValue(policy), SQLiteValue(recorded.byAdjust), SQLiteValue(recorded.more),
      SQLiteValue(recorded.floor), SQLiteValue(recorded.effective), SQLiteValue(recorded.givesUp),
      SQLiteValue(recorded.consumer), SQLiteValue(recorded.position))
    for (index, moved) in recorded.lines.enumerated() {
      try line.run(
        SQLiteValue(recorded.sequence), SQLiteValue(index + 1), SQLiteValue(moved.item.sku),
        SQLiteValue(moved.item.location), SQLiteValue(moved.quantity), SQLiteValue(moved.onHandChange),
        SQLiteValue(moved.heldChange), SQLiteValue(moved.waitingChange))
    }
    try insert(recorded.asked, of: recorded, asked)
    try insert(recorded.parts, of: recorded, part)
    for (index, location) in recorded.locations.enumerated() {
      try preference.run(
        SQLiteValue(recorded.sequence), SQLiteValue(index + 1), SQLiteValue(recorded.item?.sku), SQLiteValue(location))
    }
    if let registered = recorded.item, let number = recorded.itemNumber {
      try item.run(
        SQLiteValue(number.rawValue), SQLiteValue(registered.sku), SQLiteValue(registered.location),
        SQLiteValue(recorded.sequence))
    }
    try insertReservation(recorded)
  }

  private func insert(
    _ lines: [Line], of recorded: RecordedEvent, _ statement: SQLiteStatement
  ) throws(ExportError) {
    for (index, line) in lines.enumerated() {
      try statement.run(
        SQLiteValue(recorded.sequence), SQLiteValue(index + 1), SQLiteValue(line.item.sku),
        SQLiteValue(line.item.location), SQLiteValue(line.quantity))
    }
  }

  /// What the event means for its reservation, or its consumer.
  private func insertReservation(_ recorded: RecordedEvent) throws(ExportError) {
    func sum(_ part: (RecordedEvent.Line) -> Int64) -> Int64 {
      recorded.lines.reduce(Int64(0)) { $0.addingReportingOverflow(part($1)).partialValue }
    }
    let units = sum(\.quantity)
    switch recorded.kind {
    case .extended:
      try extending.run(SQLiteValue(recorded.expires), SQLiteValue(recorded.reservation))
    case .reopened: try reopening.run(SQLiteValue(recorded.expires), SQLiteValue(recorded.reservation))
    case .amended where recorded.letsGo:
      try settlements[.released]?.run(
        SQLiteValue(-sum(\.heldChange) - sum(\.waitingChange)), SQLiteValue(recorded.reservation))
    case .amended:
      try amendment.run(
        SQLiteValue(sum(\.heldChange) + sum(\.waitingChange)), SQLiteValue(sum(\.waitingChange)),
        SQLiteValue(recorded.reservation))
    case .committedMore:
      // What was taken beyond what was held was reserved and sold at once.
      try amendment.run(
        SQLiteValue(units + sum(\.heldChange)), SQLiteValue(Int64(0)), SQLiteValue(recorded.reservation))
      try settlements[recorded.kind]?.run(SQLiteValue(units), SQLiteValue(recorded.reservation))
    case .reserved, .waiting:
      try reservation.run(
        SQLiteValue(recorded.sequence), SQLiteValue(recorded.id), SQLiteValue(recorded.customer),
        SQLiteValue(recorded.time), SQLiteValue(recorded.expires), SQLiteValue(units),
        SQLiteValue(recorded.kind == .waiting ? units : 0))
    case .filled: try filling.run(SQLiteValue(recorded.expires), SQLiteValue(recorded.reservation))
    case .committed, .released, .expired, .returnedOf:
      try settlements[recorded.kind]?.run(SQLiteValue(units), SQLiteValue(recorded.reservation))
    case .acknowledged:
      try acknowledgement.run(
        SQLiteValue(recorded.consumer), SQLiteValue(recorded.position), SQLiteValue(recorded.sequence))
    case .consumerForgotten: try forgetting.run(SQLiteValue(recorded.consumer))
    case .refused:
      guard let told = recorded.refusal else { break }
      try refusal.run(
        SQLiteValue(recorded.sequence), SQLiteValue(recorded.item?.sku), SQLiteValue(recorded.item?.location),
        SQLiteValue(told.cause.name), SQLiteValue(told.asks), SQLiteValue(told.units), SQLiteValue(told.last))
    case .itemRegistered, .received, .returned, .adjusted, .transferred, .transferredWith, .limitSet, .floorSet,
      .recipeSet, .preferenceSet, .batch:
      break
    }
  }

  func insert(_ stock: StockLevel) throws(ExportError) {
    try level.run(
      SQLiteValue(stock.item.sku), SQLiteValue(stock.item.location), SQLiteValue(stock.onHand),
      SQLiteValue(stock.held), SQLiteValue(stock.available), SQLiteValue(stock.limit), SQLiteValue(stock.sequence),
      SQLiteValue(stock.floor), SQLiteValue(!stock.parts.isEmpty), SQLiteValue(stock.waiting))
  }
}
