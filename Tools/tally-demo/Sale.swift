import Glibc
import Tallystick

/// The sale: four scarce items, and far more shoppers than stock.
struct Sale {
  let path: String
  static let stock: [(sku: Name, quantity: Int64)] = [
    ("bordeaux-1982", 1_000), ("burgundy-1990", 600), ("champagne-2008", 1_500), ("port-1963", 300),
  ]
  static let shoppers = 256
  /// Milliseconds a cart is held before it is given to somebody else.
  static let holdTime: Int64 = 150

  func run() async throws {
    try TallyLog.create(path, settings: LogSettings(snapshotEvery: 1_000))
    var options = LogOptions()
    options.expiresOnTimer = true
    let log = try TallyLog(path, options: options)
    for (sku, quantity) in Sale.stock {
      _ = log.append(Command(.receive([Line(sku: sku, quantity)], reference: "cellar")))
    }
    let tally = Tally()
    let display = Display(Sale.stock)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Sale.shoppers {
        group.addTask { try await Shopper(number: number, log: log, tally: tally).shop() }
      }
      group.addTask {
        while true {
          let levels = try await log.stock(Sale.stock.map { ItemName(sku: $0.sku) }).compactMap { $0 }
          let counts = await tally.counts
          display.show(levels, counts)
          if !levels.contains(where: { $0.onHand > 0 }) || counts.finished == Sale.shoppers { return }
          try await Task.sleep(for: .milliseconds(40))
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start).components
    let elapsed = Double(seconds.seconds) + Double(seconds.attoseconds) * 1e-18
    let levels = try await log.stock(Sale.stock.map { ItemName(sku: $0.sku) }).compactMap { $0 }
    let counts = await tally.counts
    display.end(levels, counts)
    log.close()
    try check(levels, counts)
    print(
      "\nsold out in \((elapsed * 10).rounded() / 10) s: \(counts.sold) bottles to \(Sale.shoppers) shoppers, "
        + "\(counts.asked) requests, \(counts.refused) refused, \(counts.repeated) retries answered again, "
        + "\(counts.released) changed their mind, \(counts.late) came back after their hold was over")
  }

  /// What the shoppers were told must be what the shelves say.
  private func check(_ levels: [StockLevel], _ counts: Tally.Counts) throws {
    let stock = Sale.stock.reduce(0) { $0 + $1.quantity }
    guard levels.allSatisfy({ $0.onHand == 0 && $0.held == 0 }), levels.count == Sale.stock.count else {
      throw SaleFailed(description: "the stock is not zero: \(levels.map { "\($0.item) \($0.onHand)" })")
    }
    guard counts.sold == stock else {
      throw SaleFailed(description: "\(counts.sold) bottles were confirmed to shoppers, and there were \(stock)")
    }
  }
}

/// What the shoppers were told.
actor Tally {
  struct Counts: Sendable {
    var asked = 0
    var refused = 0
    var repeated = 0
    var released = 0
    var late = 0
    var sold: Int64 = 0
    var finished = 0
  }
  private(set) var counts = Counts()
  func note(_ change: @Sendable (inout Counts) -> Void) { change(&counts) }
}
