import ArgumentParser
import TallyJSON
import TallyText
import Tallystick

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make an empty log.",
    discussion: """
      The directory must not exist, or be empty. A stream of NATS JetStream is made with three replicas, or as many as
      ?replicas=N says, and so that no message of it can be deleted or purged.

      Example:
        tally init --log shop.tally --segment-size 64MiB --snapshot-every 1000000
        tally init --log nats://a:4222,b:4222,c:4222/shop
      """)

  @Option(help: "When to begin a new segment: 512KiB, 64MiB, 1GiB.", transform: ByteSize.init(argument:))
  var segmentSize = ByteSize(64 << 20)

  @Option(help: "Events between automatic snapshots; 0: never.")
  var snapshotEvery = 1_000_000

  @Flag(
    help: """
      Refuse returns and transfers into items that were never registered: a mistyped SKU or location must not become an
      item.
      """)
  var refuseNew = false

  @Flag(help: "Tell in the log how much was refused of each item, and why: demand that was not met.")
  var journalRefusals = false

  @OptionGroup var shared: SharedOptions

  func run() throws {
    if snapshotEvery < 0 { throw CommandFailure.usage("--snapshot-every must be 0 or more") }
    let place = try LogPlace(try shared.name)
    try place.create(
      LogSettings(
        segmentSize: segmentSize.bytes, snapshotEvery: snapshotEvery, refusesNewItems: refuseNew,
        journalsRefusals: journalRefusals))
    let path = place.description
    let output = Output()
    if shared.json {
      let id = try shared.reader().log
      try output.json {
        $0.beginObject()
        $0.field("log", id.description)
        $0.field("path", path)
        $0.field("last_seq", 0)
        $0.field("segment_size", segmentSize.bytes)
        $0.field("snapshot_every", snapshotEvery)
        if refuseNew { $0.field("refuse_new", true) }
        if journalRefusals { $0.field("journal_refusals", true) }
        $0.endObject()
      }
    } else {
      try output.line("made the log \(path)")
    }
    try output.flush()
  }
}
