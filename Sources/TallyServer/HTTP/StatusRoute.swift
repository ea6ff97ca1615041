import Glibc
import Hummingbird
import NIOCore
import TallyJSON
import TallyText
import Tallystick

/// `GET /v1/status`: how the server and its log fare, for the dashboard and for scripts. Counts are since the start: two
/// looks give what happened a second.
struct StatusRoute: Sendable {
  let server: ServerContext

  func answer(_ request: Request) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    // A log that has stopped still says how it fares.
    let vitals = try? await server.log.vitals()
    let counts = server.metrics.snapshot
    var json = JSONWriter()
    json.beginObject()
    json.field("log", server.log.id.description)
    json.field("version", ServerInfo.version)
    json.field("uptime_ms", (NIODeadline.now() - server.start).nanoseconds / 1_000_000)
    json.field("last_seq", server.log.lastSequence)
    json.field("last_time_ms", vitals?.lastTime ?? 0)
    json.field("items", vitals?.items ?? 0)
    json.field("open_reservations", vitals?.openReservations ?? 0)
    json.field("waiting_reservations", vitals?.waitingReservations ?? 0)
    json.field("connections", server.counts.openCount)
    json.field("queue_delay_ms", Int64(server.log.queueDelay / .milliseconds(1)))
    if let failure = counts.failure { json.field("failed", failure.description) } else { json.nullField("failed") }
    json.field("warnings", counts.warnings)
    json.field("reservations", counts.reservations)
    json.field("events", counts.events)
    json.field("frames", counts.frames)
    write(counts, &json)
    write(server.storage.look, &json)
    json.key("verifier")
    StatusRoute.write(server.verifier?.findings, &json)
    json.endObject()
    return .json(json.bytes)
  }

  private static func write(_ findings: VerifierFindings?, _ json: inout JSONWriter) {
    json.beginObject()
    if let findings, findings.isRunning || findings.alarm != nil {
      json.field("state", findings.alarm == nil ? "proven" : "alarm")
      json.field("last_seq", findings.lastSequence)
      if let alarm = findings.alarm { json.field("alarm", alarm) }
    } else {
      json.field("state", "not-running")
    }
    json.endObject()
  }

  private func write(_ counts: ServerMetrics.Counts, _ json: inout JSONWriter) {
    json.key("answers")
    json.beginObject()
    json.field("accepted", counts.answers.accepted)
    json.field("repeated", counts.answers.repeated)
    json.field("invalid", counts.answers.invalid)
    json.field("failed", counts.answers.failed)
    json.field("busy", counts.busy)
    json.key("rejected")
    json.beginObject()
    for reason in Rejection.Reason.allCases {
      json.key(text: reason.rawValue)
      json.number(counts.answers.rejected[reason] ?? 0)
    }
    json.endObject()
    json.endObject()
    json.key("answer_seconds")
    write(counts.answerSeconds, &json)
    json.key("frame_seconds")
    write(counts.frameSeconds, &json)
  }

  /// `{"bounds_s":[…],"counts":[…]}`: the last count is of what took longer than all bounds.
  private func write(_ histogram: Histogram, _ json: inout JSONWriter) {
    json.beginObject()
    json.key("bounds_s")
    json.beginArray()
    for bound in Histogram.bounds { json.number(written: "\(bound)") }
    json.endArray()
    json.key("counts")
    json.beginArray()
    for count in histogram.counts { json.number(count) }
    json.endArray()
    json.endObject()
  }

  private func write(_ look: StorageWatch.Look?, _ json: inout JSONWriter) {
    guard let look else {
      json.nullField("disk")
      json.nullField("snapshots")
      return
    }
    json.key("disk")
    json.beginObject()
    json.field("log_bytes", look.storage.bytes)
    json.field("segments", look.storage.segments)
    json.field("free_bytes", look.disk?.free ?? 0)
    json.field("total_bytes", look.disk?.total ?? 0)
    json.endObject()
    json.key("snapshots")
    json.beginObject()
    json.field("count", look.storage.snapshots.count)
    json.field("last_seq", look.storage.snapshots.last ?? 0)
    json.endObject()
  }
}
