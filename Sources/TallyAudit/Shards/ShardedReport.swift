import TallyFormat
import TallyText

/// What an audit of a sharded shop found. Printed as one object by ``json``.
public struct ShardedReport: Sendable {
  /// As it was read.
  public var map: ShardMap
  /// Of each shard.
  public var logs: [AuditReport] = []
  /// Shards whose folder has another log than the map says.
  public var strangers: [Int] = []
  /// Of carts over several shards.
  public var carts = CartFindings()
  /// What the logs break together.
  public var violations: [ShardViolation] = []
  /// How long it took.
  public var duration = Duration.zero

  init(map: ShardMap) { self.map = map }

  /// The conclusion: the gravest of all.
  public var verdict: Verdict {
    let verdicts = logs.map(\.verdict)
    if verdicts.contains(.damaged) { return .damaged }
    if verdicts.contains(.inconsistent) || !strangers.isEmpty { return .inconsistent }
    return verdicts.contains(.violated) || !violations.isEmpty ? .violated : .proven
  }

  /// Violations of all logs, and those of the logs together.
  public var violationCount: Int { logs.reduce(violations.count) { $0 + $1.violationCount } }

  /// The contract's object, on one line, without a line feed: sums over all shards, and an object for each under `logs`.
  public var json: String {
    var out = JSONWriter(spellsOutControls: true)
    out.object {
      $0.field("verdict", verdict.rawValue)
      $0.field("shop", map.shop.description)
      $0.field("map_version", map.version)
      $0.field("shards", map.count)
      $0.field("events", logs.reduce(0) { $0 + $1.events })
      $0.field("frames", logs.reduce(0) { $0 + $1.frames })
      $0.field("reservations", logs.reduce(0) { $0 + $1.reservations })
      $0.field("items", logs.reduce(0) { $0 + $1.items })
      $0.field("min_available", orNull: logs.compactMap(\.minAvailable).min())
      $0.key("carts")
      $0.object {
        $0.field("attempts", carts.attempts)
        $0.field("confirmed", carts.confirmed)
        $0.field("open", carts.open)
        $0.field("sold", carts.sold)
        $0.field("released", carts.released)
        $0.field("unfinished", carts.unfinished)
      }
      $0.array("violations", violations) { out, violation in
        out.object {
          $0.field("shard", violation.shard)
          $0.field("seq", violation.sequence)
          $0.field("rule", violation.rule.rawValue)
          $0.field("cart", orNull: violation.cart)
          $0.field("detail", violation.detail)
        }
      }
      $0.field("violation_count", violationCount)
      $0.array("strangers", strangers) { $0.number($1) }
      $0.key("logs")
      $0.beginArray()
      for (shard, log) in logs.enumerated() {
        $0.object {
          $0.field("shard", shard)
          log.writeFields(into: &$0)
        }
      }
      $0.endArray()
      $0.field("seconds", sixPlaces: duration / .seconds(1))
    }
    return out.text
  }
}
