import TallyText
import Tallystick

extension JSONWriter {
  /// A log's vital figures.
  package mutating func write(_ info: LogInfo) {
    beginObject()
    field("log", info.log.description)
    field("path", info.path)
    field("format_version", SegmentHeader.formatVersion)
    field("first_seq", info.firstSequence)
    field("last_seq", info.head.lastSequence)
    field("last_time_ms", info.lastTime)
    field("frames", info.head.nextFrame)
    field("epoch", info.head.epoch)
    field("head_hash", info.head.hash.description)
    field("state_digest", info.stateDigest.description)
    field("items", info.items)
    field("open_reservations", info.openReservations)
    field("due_reservations", info.dueReservations)
    field("waiting_reservations", info.waitingReservations)
    field("consumers", info.consumers.count)
    field("bytes", info.bytes)
    field("used_bytes", info.usedBytes)
    field("torn_bytes", info.tornBytes)
    field("replayed_payload_bytes", info.payloadBytes)
    field("replayed_frame_bytes", info.frameBytes)
    field("segment_size", info.settings.segmentSize)
    field("snapshot_every", info.settings.snapshotEvery)
    if info.settings.refusesNewItems { field("refuse_new", true) }
    if info.settings.journalsRefusals { field("journal_refusals", true) }
    key("segments")
    beginArray()
    for segment in info.segments {
      beginObject()
      field("name", segment.name)
      field("first_seq", segment.firstSequence)
      field("bytes", segment.bytes)
      field("used_bytes", segment.usedBytes)
      endObject()
    }
    endArray()
    key("snapshots")
    beginArray()
    for snapshot in info.snapshots { number(snapshot) }
    endArray()
    endObject()
  }

  /// A snapshot as `snapshot list` and `snapshot check` show it.
  package mutating func write(_ snapshot: SnapshotSummary) {
    beginObject()
    field("seq", snapshot.sequence)
    field("path", snapshot.path)
    field("bytes", snapshot.bytes)
    if let digest = snapshot.stateDigest { field("state_digest", digest.description) }
    field("ok", snapshot.flaw == nil)
    if let flaw = snapshot.flaw { field("flaw", flaw) }
    endObject()
  }
}

extension LogInfo {
  /// Of all segments, preallocated space included.
  package var bytes: Int { segments.reduce(0) { $0 + $1.bytes } }
  /// Of all segments, what headers and frames use.
  package var usedBytes: Int { segments.reduce(0) { $0 + $1.usedBytes } }
}
