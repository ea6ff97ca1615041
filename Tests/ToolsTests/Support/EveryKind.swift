import Tallystick
import Testing

/// A log in which every kind of event happens, each command in a frame of its own.
enum EveryKind {
  /// - Parameter path: where it is made.
  static func make(_ path: String) throws {
    var options = LogOptions()
    options.isDurable = false
    let id = try #require(LogID(bytes: [UInt8](repeating: 7, count: 16)))
    try TallyLog.create(path, settings: LogSettings(journalsRefusals: true), log: id, options: options)
    let log = try TallyLog(path, options: options)
    defer { log.close() }
    for (place, operation) in operations.enumerated() {
      let time = 1_700_000_000_000 + Int64(place) * 1_000
      // Of a batch without a key there is no event of its own.
      let key: Name? = if case .batch = operation { "batch" } else { nil }
      let answer = log.append(Command(operation, key: key, time: time))
      guard case .accepted = answer else {
        Issue.record("\(operation): \(answer)")
        return
      }
    }
    // Told when the log is closed.
    guard case .rejected = log.append(Command(.reserve(id: "too-much", [Line(tea, 1 << 40)]))) else {
      Issue.record("more was reserved than there is")
      return
    }
  }

  private static let tea = ItemName(sku: "tea")
  private static let teaInBerlin = ItemName(sku: "tea", location: "berlin")
  private static let cup = ItemName(sku: "cup “blue”")
  private static let operations: [Tallystick.Operation] = [
    .receive([Line(tea, 100), Line(cup, 20)], reference: "PO-7"),
    .limit(tea, 50),
    .reserve(id: "o-1", [Line(tea, 10), Line(cup, 2)], customer: "c-1"),
    .commit(id: "o-1", [Line(tea, 4)]),
    .release(id: "o-1", [Line(tea, 1)]),
    .commit(id: "o-1"),
    .reserve(id: "o-2", [Line(tea, 3)], customer: "c-2", timeToLive: 500),
    .returned([Line(tea, 1)], reference: "RMA"),
    .adjust(tea, .by(-1), reason: "broken"),
    .transfer(sku: "tea", quantity: 5, from: "main", to: "berlin"),
    .batch([.receive([Line(cup, 1)]), .reserve(id: "o-4", [Line(cup, 1)]), .release(id: "o-4")]),
    .limit(tea, nil),
    .floor(tea, 5),
    .reserve(id: "o-5", [Line(teaInBerlin, 1)]),
    .extend(id: "o-5", timeToLive: 60_000),
    .amend(id: "o-5", [Line(teaInBerlin, 2)]),
    .transferWith(sku: "tea", quantity: 2, from: "berlin", to: "main", .of(["o-5"])),
    .commitMore(id: "o-5", [Line(tea, 3)]),
    .returnedOf(order: "o-5", [Line(tea, 1)]),
    .recipe(cup, [Line(tea, 2), Line(teaInBerlin, 1)]),
    .prefer("tea", ["berlin", "main"]),
    .reserve(id: "o-6", [Line(tea, 1)]),
    .release(id: "o-6"),
    .reopen(id: "o-6", timeToLive: 90_000),
    .reserve(id: "o-7", [Line(tea, 1_000)], customer: "c-7", wait: .forever),
    .receive([Line(tea, 2_000)]),
    .acknowledge(consumer: "orders", through: 12),
    .forgetConsumer("orders"),
  ]
}
