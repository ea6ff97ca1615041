import TallyFormat
import TallyText

extension AuditReport {
  /// The contract's object, on one line, without a line feed. Names and shapes are stable; fields may be added.
  public var json: String {
    var out = JSONWriter(spellsOutControls: true)
    out.object { writeFields(into: &$0) }
    return out.text
  }

  /// What the object holds, into one that is open.
  func writeFields(into out: inout JSONWriter) {
    out.field("verdict", verdict.rawValue)
    out.field("log", orNull: log?.description)
    out.field("first_seq", orNull: firstSequence)
    out.field("last_seq", lastSequence)
    if let rememberedSequence { out.field("remembered_seq", rememberedSequence) }
    out.field("events", events)
    out.field("frames", frames)
    out.field("reservations", reservations)
    out.field("waited", waited)
    out.field("filled", filled)
    out.field("waiting", waiting)
    out.field("consumers", consumers)
    out.field("items", items)
    out.field("min_available", orNull: minAvailable)
    out.field("min_available_seq", orNull: minAvailableSequence)
    out.field("head_hash", head.hash.description)
    out.field("epoch", head.epoch)
    out.field("state_digest", orNull: agreedStateDigest?.description)
    out.field("torn_bytes", tornBytes)
    out.array("violations", violations) { $0.write($1) }
    out.field("violation_count", violationCount)
    if let damage {
      out.key("damage")
      out.write(damage)
    } else {
      out.nullField("damage")
    }
    out.array("contradictions", contradictions) { out, contradiction in
      out.object {
        $0.field("witness", contradiction.witness)
        $0.field("seq", orNull: contradiction.sequence)
        $0.field("detail", contradiction.detail)
        if let frame = contradiction.frame { $0.field("frame", frame) }
      }
    }
    out.array("snapshots", snapshots) { out, snapshot in
      out.object {
        $0.field("file", snapshot.file)
        $0.field("seq", snapshot.sequence)
        $0.field("status", snapshot.status.rawValue)
        $0.field("state_digest", orNull: snapshot.stateDigest?.description)
        $0.field("detail", orNull: snapshot.detail)
      }
    }
    out.array("warnings", warnings) { $0.string($1.utf8) }
    out.field("seconds", sixPlaces: seconds)
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ violation: Violation) {
    object {
      $0.field("seq", violation.sequence)
      $0.field("segment", violation.position.segmentName)
      $0.field("offset", violation.position.offset)
      $0.field("rule", violation.rule.rawValue)
      $0.field("sku", orNull: violation.sku)
      $0.field("location", orNull: violation.location)
      $0.field("detail", violation.detail)
    }
  }

  fileprivate mutating func write(_ damage: Damage) {
    object {
      $0.field("file", damage.file)
      $0.field(
        "segment", orNull: damage.file.hasSuffix(".lz4") ? String(damage.file.dropFirst("segments/".count)) : nil)
      $0.field("offset", damage.offset)
      $0.field("seq", orNull: damage.sequence)
      $0.field("detail", damage.detail)
    }
  }
}
