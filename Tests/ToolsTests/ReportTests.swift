import Glibc
import TallyTestSupport
import Testing

/// `tally-verify --report`. In a real browser: without one that is passed over; `Tools/setup-clients` installs Debian's
/// Chromium.
@Suite("The auditor's report for people", .timeLimit(.minutes(60)))
struct ReportTests {
  private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Browser/"

  /// Three days of a shop, a crowd on the second, in which everything happens that a report tells of.
  private func sale(seed: UInt64, commands: Int) -> String {
    var random = SplitMix64(seed: seed)
    var time: Int64 = 1_763_625_600_000
    var text = ""
    func say(_ command: String) { text += "{\(command),\"time_ms\":\(time)}\n" }
    let skus = ["bordeaux", "port", "<b>\\\"riesling\\\"</b> & co", "glass"]
    for (sku, quantity) in zip(skus, [200, 60, 900, 40]) {
      say(#""op":"receive","key":"first-\#(sku.utf8.count)","lines":[{"sku":"\#(sku)","qty":\#(quantity)}]"#)
    }
    say(#""op":"limit","sku":"port","qty":3"#)
    for number in 0..<commands {
      let isCrowded = number > commands / 3 && number < commands * 2 / 3
      time += 259_200_000 / Int64(commands) * (isCrowded ? 1 : 19) / 13
      let sku = random.pick(skus)
      switch random.number(0...9) {
      case 0...5:
        let life = random.one(in: 3) ? "" : #","ttl_ms":\#(random.pick([60_000, 900_000, 3_600_000]))"#
        let wait = random.one(in: 4) ? #","wait_ms":\#(random.pick([60_000, 86_400_000]))"# : ""
        say(
          #""op":"reserve","id":"order-\#(number)","customer":"c-\#(number % 50)","lines":[{"sku":"\#(sku)","qty":"#
            + "\(random.number(1...3))}]\(life)\(wait)")
      case 6: say(#""op":"receive","key":"k-\#(number)","lines":[{"sku":"\#(sku)","qty":2}]"#)
      default:
        say(#""op":"\#(random.pick(["commit", "release"]))","id":"order-\#(number - Int(random.number(1...9)))""#)
      }
    }
    return text
  }

  /// What a browser sees of the reports in the tool's directory.
  private func look(_ names: String, _ tally: Tool) {
    // TALLY_PICTURES=DIR keeps what it looks like.
    let pictures = getenv("TALLY_PICTURES").map { [String(cString: $0)] } ?? []
    let seen = tally.end(["python3", "-B", Self.folder + "audit_report.py", tally.directory.path, names] + pictures)
    #expect(seen.status == 0 && seen.lines.last == "audit report complete", "\(seen.output)\(seen.errors)")
  }

  @Test(
    "shows a sale in a browser, in light and dark, on a telephone and on paper; nothing is cut off, and names do nothing",
    .enabled(if: EventProofTests.hasBrowser, "run Tools/setup-clients"))
  func proven() throws {
    let tally = Tool()
    let input = try tally.file("sale.jsonl", sale(seed: 7, commands: 3_000))
    let made = tally.shell(
      """
      $tally init --log proven.tally --journal-refusals && $tally append --log proven.tally \(input) > answers
      $verify proven.tally --report proven.html
      """)
    #expect(made.status == 0 && made.output.contains("PROVEN"), "\(made.output)\(made.errors)")
    look("proven", tally)
    // What the page says to save as checkpoint.json is one that the log is of.
    let again = tally.shell("$verify proven.tally --from-checkpoint checkpoint.json")
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test("shows every other verdict as well, and a log without events", .enabled(if: EventProofTests.hasBrowser))
  func others() throws {
    let shop = try AttackedShop()
    let made = shop.tally.shell(
      """
      $tally init --log empty.tally && $tally init --log other.tally
      $tally receive --log other.tally tea=1 && $tally info --log other.tally --json > other.json
      cp -r shop.tally inconsistent.tally && cp -r shop.tally damaged.tally && rm -rf damaged.tally/snapshots
      printf XXXX | dd of=damaged.tally/segments/00000000000000000001.lz4 bs=1 seek=2000 conv=notrunc status=none
      for name in empty damaged; do $verify $name.tally --report $name.html; done
      $verify inconsistent.tally --from-checkpoint other.json --report inconsistent.html
      """)
    #expect(made.output.contains("DAMAGED") && made.output.contains("INCONSISTENT"), "\(made.output)\(made.errors)")
    try ForgerTests.forgeSnapshot(shop)
    shop.tally("reserve", "too-much", "tea=80")
    let violated = shop.tally.shell(
      "mv shop.tally violated.tally; rm -r violated.tally/snapshots; $verify violated.tally --report violated.html")
    #expect(violated.status == 1, "\(violated.output)\(violated.errors)")
    look("violated,inconsistent,damaged,empty", shop.tally)
  }

  @Test("draws the items that are named, says which there are not, and which command made it")
  func items() throws {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5", "tea@berlin=7", "cup=1")
    let made = tally.shell("$verify shop.tally --report r.html --item tea@berlin --item pot; cat r.html")
    #expect(made.errors == "tally-verify: there is no item pot in the log: the report goes without it\n")
    #expect(made.output.contains("<h3>tea at berlin</h3>") && !made.output.contains("<h3>cup</h3>"))
    #expect(made.output.contains("tally-verify shop.tally --report r.html --item tea@berlin --item pot"))
    #expect(made.output.contains("keeps no journal of refusals") && made.output.contains("Nobody stood in line."))
  }

  @Test(
    "is asked for rightly, or not at all",
    arguments: [
      ("--item tea", "--item goes with --report"), ("--report ''", "--report needs a name"),
      ("--report r.html --item ''", "is empty"), ("--report r.html --item tea@", "is empty"),
    ])
  func usage(options: String, message: String) {
    let tally = Tool.onNewLog()
    let answer = tally.shell("$verify shop.tally \(options)")
    #expect(answer.status == 64 && answer.errors.contains(message), "\(answer.errors)")
  }

  @Test("that cannot be written ends with 74, and is named")
  func unwritable() {
    let tally = Tool.onNewLog()
    let answer = tally.shell("$verify shop.tally --report nowhere/r.html")
    #expect(answer.status == 74 && answer.errors.contains("nowhere/r.html"), "\(answer.output)\(answer.errors)")
  }
}
