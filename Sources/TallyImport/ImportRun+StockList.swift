import Tallystick

extension ImportRun {
  /// Sets one part of a stock list: registers what the log does not know, and sets every item.
  ///
  /// - Parameter rows: of a record, how many of it stand here: one record may be several items.
  mutating func set(_ rows: [ImportRow], part: Int) throws(ImportError) {
    guard goesOn else { return }
    var rows = rows
    if let history = target.history {
      let levels = try history.levels(of: rows.map(\.item))
      register(zip(rows, levels).filter { $0.1 == nil }.map(\.0.item))
      guard goesOn else { return }
      // Without a number nothing else tells whether this was set already.
      if mapping.number == nil {
        let same = zip(rows, levels).filter { $0.1?.onHand == $0.0.quantity }.map(\.0)
        report.rowAnswers.add(.repeated, same.reduce(0) { $0 + $1.recordCount })
        report.commands[.stockList, default: ImportReport.Count()].add(.repeated, same.isEmpty ? 0 : 1)
        rows = zip(rows, levels).filter { $0.1?.onHand != $0.0.quantity }.map(\.0)
      }
    }
    guard let first = rows.first else { return }
    let operations = rows.map {
      Operation.adjust($0.item, .to($0.quantity), reason: mapping.writeOffReason, release: mapping.release)
    }
    let key = mapping.number.map { MovementKey.name($0, "/\(part)") }
    var command = PendingCommand(
      kind: .stockList, command: Command(.batch(operations), key: key, time: mapping.time), line: first.line,
      document: first.document, rows: rows.reduce(0) { $0 + $1.recordCount },
      units: rows.reduce(0) { $0.saturatingSum($1.quantity) }, rowLines: observer.leftOut == nil ? [] : rows.map(\.line)
    )
    command.isPart = part > 1
    add(command)
    send()
  }

  /// Items that the log does not know exist afterwards, with nothing on hand.
  private mutating func register(_ items: [ItemName]) {
    for item in items {
      let operation = Operation.batch([
        .receive([Line(item, 1)], reference: mapping.number), .adjust(item, .to(0), reason: mapping.writeOffReason),
      ])
      add(
        PendingCommand(
          kind: .stockList, command: Command(operation, time: mapping.time), line: nil,
          document: mapping.number ?? "stock-list", rows: 0, units: 0))
    }
    send()
  }
}
