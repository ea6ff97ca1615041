import ArgumentParser
import TallyJSON
import TallyShards
import TallyText
import Tallystick

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "The log's vital figures: segments, sizes, sequence range, snapshots, head hash.",
    discussion: """
      Example:
        tally info --log shop.tally
        tally info --json | jq -r .head_hash
      """)

  @OptionGroup var shared: SharedOptions

  func run() throws {
    if Shards.isShop(try shared.name) { return try showShards() }
    let info = try shared.reader().info()
    try Output.reading { output in
      if shared.json {
        try output.json { $0.write(info) }
      } else {
        for (name, value) in rows(of: info) {
          try output.line(name + String(repeating: " ", count: 20 - name.count) + value)
        }
      }
    }
    if let flaw = info.floorFlaw {
      throw CommandFailure(
        .badData,
        "the log's floor file \(flaw): what was acknowledged last cannot be told; check the log with tally-verify, and"
          + " delete the file floor to accept what is there")
    }
  }

  private func showShards() throws {
    let shop = try ShardedReader(try shared.path)
    let logs = try (0..<shop.map.count).map { try shop.log($0).info() }
    try Output.reading { output in
      if shared.json {
        try output.json { json in
          json.beginObject()
          json.field("shop", shop.map.shop.description)
          json.field("path", (try? shared.path) ?? "")
          json.field("map_version", shop.map.version)
          json.field("shards", shop.map.count)
          json.key("logs")
          json.beginArray()
          for log in logs { json.write(log) }
          json.endArray()
          json.endObject()
        }
      } else {
        try output.line("shop \(shop.map.shop), \(shop.map.count) shards, map version \(shop.map.version)")
        for (shard, log) in logs.enumerated() {
          try output.line()
          try output.line("shard \(shard)")
          for (name, value) in rows(of: log) {
            try output.line("  " + name + String(repeating: " ", count: 20 - name.count) + value)
          }
        }
      }
    }
  }

  private func rows(of info: LogInfo) -> [(String, String)] {
    let events = info.head.lastSequence == 0 ? "none" : "\(info.firstSequence) to \(info.head.lastSequence)"
    let last = info.head.lastSequence == 0 ? "" : ", the last at \(Timestamp.text(info.lastTime))"
    let due =
      info.dueReservations == 0 ? "" : ", of which \(info.dueReservations) are due (the next command expires them)"
    var rows = [
      ("path", info.path),
      ("log", info.log.description),
      ("events", events + last),
      ("items", "\(info.items)"),
      ("open reservations", "\(info.openReservations)\(due)"),
      ("segments", "\(info.segments.count), \(size(info.usedBytes)) used of \(size(info.bytes))"),
      ("segment size", ByteSize(info.settings.segmentSize).description),
      (
        "snapshots",
        info.snapshots.isEmpty ? "none" : "\(info.snapshots.count), the last at event \(info.snapshots.last!)"
      ),
      ("snapshot every", info.settings.snapshotEvery == 0 ? "never" : "\(info.settings.snapshotEvery) events"),
      ("frames", "\(info.head.nextFrame)"),
      ("epoch", "\(info.head.epoch)"),
      ("head hash", info.head.hash.description),
      ("state digest", info.stateDigest.description),
    ]
    if let furthest = info.consumers.map(\.lag).max() {
      rows.append(("consumers", "\(info.consumers.count), the furthest behind by \(furthest) events"))
    }
    if info.settings.journalsRefusals { rows.append(("refusals", "told in the log")) }
    if info.settings.refusesNewItems { rows.append(("new items", "by receipts and registers only")) }
    if info.frameBytes > 0 && info.payloadBytes > 0 {
      let hundredths = info.payloadBytes * 100 / info.frameBytes
      let fraction = hundredths % 100
      rows.insert(("ratio", "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) (raw over stored)"), at: 6)
    }
    if info.tornBytes > 0 {
      rows.append(("torn tail", "\(info.tornBytes) bytes, never acknowledged; the next writer cuts them"))
    }
    return rows
  }

  private func size(_ bytes: Int) -> String { ByteSize(bytes).rounded }
}
