/// A large export of orders, one to five rows each, as CSV for `tally import`, or the commands that an import makes of it, as
/// JSON Lines for `tally append`: to measure one against the other.
struct OrderFile {
  enum Arrangement: String, CaseIterable {
    /// By time, the rows of an order together.
    case sorted
    case newestFirst = "newest-first"
    /// Whole orders in no order.
    case shuffled
    /// Orders by time whose rows stand up to 64 orders apart.
    case scattered
  }

  /// 1 January 2025, 00:00 UTC.
  private static let start: Int64 = 1_735_689_600_000
  private static let skus = 5_000
  private static let opening = 1_000_000

  private struct Order {
    var number: Int
    var time: Int64
    var customer: Int
    var lines: [(sku: Int, quantity: Int)]
  }

  private let orders: [Order]

  /// - Parameter rows: of the CSV, without its header; the last order may be shorter for it.
  init(seed: UInt64, rows: Int) {
    var random = SplitMix64(seed: seed)
    var orders = [Order]()
    var time = OrderFile.start
    var left = rows
    while left > 0 {
      // A minute has some orders at the same time, as exports without seconds have.
      time += Int64(random.number(0...3)) * 1_000
      var skus = Set<Int>()
      for _ in 0..<min(left, random.number(1...5)) { skus.insert(random.number(0...(OrderFile.skus - 1))) }
      left -= skus.count
      let lines = skus.sorted().map { (sku: $0, quantity: random.number(1...3)) }
      orders.append(
        Order(number: 1_000_000 + orders.count, time: time, customer: random.number(1...200_000), lines: lines))
    }
    self.orders = orders
  }

  /// The mapping that reads the CSV.
  ///
  /// - Parameter arrangement: of the rows.
  static func mapping(_ arrangement: Arrangement) -> String {
    let order =
      switch arrangement {
      case .sorted: "oldest-first"
      case .newestFirst: "newest-first"
      case .shuffled: "any"
      case .scattered: "any"
      }
    return """
      {"columns":{"document":"order","sku":"sku","quantity":"qty","time":"at","customer":"customer"},
       "time_format":"%Y-%m-%dT%H:%M:%SZ","order":"\(order)","documents":[{"positive":"order","negative":"return"}],
       "opening":{"quantity":\(opening)}}

      """
  }

  // MARK: CSV

  /// Hands the rows to `write`, piece by piece.
  func writeCSV(_ arrangement: Arrangement, seed: UInt64, to write: (String) throws -> Void) throws {
    var text = "order,at,sku,qty,customer\n"
    func flush(atLeast bytes: Int) throws {
      guard text.utf8.count >= bytes else { return }
      try write(text)
      text = ""
    }
    for (order, line) in rows(arrangement, seed: seed) {
      text += "SO-\(order.number),\(stamp(order.time)),sku-\(line.sku),\(line.quantity),c-\(order.customer)\n"
      try flush(atLeast: 1 << 16)
    }
    try flush(atLeast: 1)
  }

  private func rows(_ arrangement: Arrangement, seed: UInt64) -> [(Order, (sku: Int, quantity: Int))] {
    var random = SplitMix64(seed: seed &+ 1)
    switch arrangement {
    case .sorted: return rows(of: orders)
    case .newestFirst: return rows(of: orders.reversed())
    case .shuffled: return rows(of: random.shuffled(orders))
    case .scattered:
      let windows = stride(from: 0, to: orders.count, by: 64).map { orders[$0..<min($0 + 64, orders.count)] }
      return windows.flatMap { random.shuffled(rows(of: Array($0))) }
    }
  }

  private func rows(of orders: [Order]) -> [(Order, (sku: Int, quantity: Int))] {
    orders.flatMap { order in order.lines.map { (order, $0) } }
  }

  /// `2025-01-01T00:00:00Z`, of the year 2025.
  private func stamp(_ time: Int64) -> String {
    var days = Int((time - OrderFile.start) / 86_400_000)
    let seconds = Int((time - OrderFile.start) / 1_000 % 86_400)
    var month = 1
    for length in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30] where days >= length {
      days -= length
      month += 1
    }
    let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(padded).joined(separator: ":")
    return "2025-\(padded(month))-\(padded(days + 1))T\(clock)Z"
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  // MARK: Commands

  /// Hands the commands that an import of the sorted rows makes to `write`, piece by piece.
  func writeCommands(to write: (String) throws -> Void) throws {
    var text = ""
    func add(_ command: String) throws {
      text += "{\(command)}\n"
      guard text.utf8.count >= 1 << 16 else { return }
      try write(text)
      text = ""
    }
    let skus = Set(orders.flatMap { $0.lines.map(\.sku) }).sorted()
    let opened = stride(from: 0, to: skus.count, by: 4_096).map { skus[$0..<min($0 + 4_096, skus.count)] }
    for (index, part) in opened.enumerated() {
      let lines = part.map { "{\"sku\":\"sku-\($0)\",\"qty\":\(OrderFile.opening)}" }.joined(separator: ",")
      try add("\"op\":\"receive\",\"key\":\"opening/\(index + 1)\",\"time_ms\":\(OrderFile.start),\"lines\":[\(lines)]")
    }
    for order in orders {
      let id = "SO-\(order.number)"
      let lines = order.lines.map { "{\"sku\":\"sku-\($0.sku)\",\"qty\":\($0.quantity)}" }.joined(separator: ",")
      try add(
        "\"op\":\"reserve\",\"id\":\"\(id)\",\"customer\":\"c-\(order.customer)\",\"time_ms\":\(order.time),\"lines\":[\(lines)]"
      )
      try add("\"op\":\"commit\",\"id\":\"\(id)\",\"key\":\"\(id)/commit\",\"time_ms\":\(order.time)")
    }
    if !text.isEmpty { try write(text) }
  }
}

extension SplitMix64 {
  /// The elements in an order of chance (Fisher and Yates); its own, as ``number(_:)``.
  fileprivate mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var shuffled = elements
    for last in stride(from: shuffled.count - 1, to: 0, by: -1) { shuffled.swapAt(last, number(0...last)) }
    return shuffled
  }
}
