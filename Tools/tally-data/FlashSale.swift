/// A flash sale as commands in JSON Lines: a hundred bottles, a few other things, and far more customers than bottles.
///
/// What makes it real: customers try again with the same id when an answer is lost, some hold and never pay, some let
/// go, some pay twice, and late ones find the shelf empty. Every command carries its time, so that holds fall due in
/// the replay as they did in the sale.
struct FlashSale {
  /// 1 December 2025, 12:00 UTC.
  private static let start = 1_764_590_400_000
  private static let timeToLive = 60_000

  private var random: SplitMix64
  private var text = ""
  private var time = FlashSale.start
  private var sequence = 0
  /// Reservations asked for and not settled: who may still pay or let go.
  private var open: [String] = []
  private var settled: [String] = []
  private var requests: [String] = []

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The whole file.
  static func text(seed: UInt64) -> String {
    var sale = FlashSale(seed: seed)
    sale.run()
    return sale.text
  }

  private mutating func run() {
    write("\"op\":\"receive\",\"lines\":[\(line("bottle", 100))],\"ref\":\"PO-1\",\"key\":\"po-1\"")
    write("\"op\":\"receive\",\"lines\":[\(line("cup", 60)),\(line("lid", 80))],\"ref\":\"PO-2\",\"key\":\"po-2\"")
    write("\"op\":\"limit\",\"sku\":\"bottle\",\"qty\":4,\"key\":\"limit-bottle\"")
    while requests.count < 520 {
      time += random.number(20...600)
      switch random.number(1...100) {
      case ...62: reserve()
      case ...70: retry()
      case ...86: commit()
      case ...94: release()
      case ...97: payAgain()
      default: break
      }
    }
    // What is held and not paid falls due: what follows is judged after every hold's time. The waiting list gets it.
    time += FlashSale.timeToLive
    for _ in 0..<45 {
      time += random.number(50...900)
      reserve(quantity: 1)
      commit(recent: 1)
    }
    write("\"op\":\"adjust\",\"sku\":\"lid\",\"by\":-1,\"reason\":\"broken\",\"key\":\"broken-1\"")
  }

  private mutating func reserve(quantity: Int? = nil) {
    sequence += 1
    let id = "sale-\(String(repeating: "0", count: 4 - String(sequence).count))\(sequence)"
    var lines = [line("bottle", quantity ?? (random.chance(75) ? 1 : random.number(2...3)))]
    if random.chance(15) { lines.append(line("cup", random.number(1...2))) }
    if random.chance(10) { lines.append(line("lid", 1)) }
    let request =
      "\"op\":\"reserve\",\"id\":\"\(id)\",\"lines\":[\(lines.joined(separator: ","))],"
      + "\"customer\":\"c-\(random.number(1...420))\",\"ttl_ms\":\(FlashSale.timeToLive)"
    write(request)
    requests.append(request)
    open.append(id)
  }

  /// The same again, as a client does that saw no answer.
  private mutating func retry() {
    guard let request = requests.last else { return }
    write(random.chance(70) ? request : random.element(of: requests))
  }

  private mutating func commit(recent: Int = 40) {
    guard let id = takeOpen(recent: recent) else { return }
    write("\"op\":\"commit\",\"id\":\"\(id)\"")
    settled.append(id)
  }

  private mutating func release() {
    guard let id = takeOpen() else { return }
    write("\"op\":\"release\",\"id\":\"\(id)\"")
  }

  private mutating func payAgain() {
    guard !settled.isEmpty else { return }
    write("\"op\":\"commit\",\"id\":\"\(random.element(of: settled))\"")
  }

  /// One of the last, whoever asks it: some of them were refused or have expired.
  private mutating func takeOpen(recent: Int = 40) -> String? {
    guard !open.isEmpty else { return nil }
    return open.remove(at: open.count - random.number(1...min(open.count, recent)))
  }

  private func line(_ sku: String, _ quantity: Int) -> String { "{\"sku\":\"\(sku)\",\"qty\":\(quantity)}" }

  private mutating func write(_ fields: String) { text += "{\(fields),\"time_ms\":\(time)}\n" }
}
