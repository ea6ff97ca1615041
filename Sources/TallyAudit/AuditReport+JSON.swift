import TallyFormat
import TallyText

extension AuditReport {
  /// The contract's object, on one line, without a line feed. Names and shapes are stable; fields may be added.
  public var json: String {
    var out = JSONWriter(spellsOutControls: true)
    out.object {
      $0.field("verdict", verdict.rawValue)
      $0.field("log", orNull: log?.description)
      $0.field("first_seq", orNull: firstSequence)
      $0.field("last_seq", lastSequence)
      if let rememberedSequence { $0.field("remembered_seq", rememberedSequence) }
      $0.field("events", events)
      $0.field("frames", frames)
      $0.field("reservations", reservations)
      $0.field("waited", waited)
      $0.field("filled", filled)
      $0.field("waiting", waiting)
      $0.field("consumers", consumers)
      $0.field("items", items)
      $0.field("min_available", orNull: minAvailable)
      $0.field("min_available_seq", orNull: minAvailableSequence)
      $0.field("head_hash", head.hash.description)
      $0.field("epoch", head.epoch)
      $0.field("state_digest", orNull: agreedStateDigest?.description)
      $0.field("torn_bytes", tornBytes)
      $0.array("violations", violations) { $0.write($1) }
      $0.field("violation_count", violationCount)
      if let damage {
        $0.key("damage")
        $0.write(damage)
      } else {
        $0.nullField("damage")
      }
      $0.array("contradictions", contradictions) { out, contradiction in
        out.object {
          $0.field("witness", contradiction.witness)
          $0.field("seq", orNull: contradiction.sequence)
          $0.field("detail", contradiction.detail)
          if let frame = contradiction.frame { $0.field("frame", frame) }
        }
      }
      $0.array("snapshots", snapshots) { out, snapshot in
        out.object {
          $0.field("file", snapshot.file)
          $0.field("seq", snapshot.sequence)
          $0.field("status", snapshot.status.rawValue)
          $0.field("state_digest", orNull: snapshot.stateDigest?.description)
          $0.field("detail", orNull: snapshot.detail)
        }
      }
      $0.array("warnings", warnings) { $0.string($1.utf8) }
      $0.field("seconds", sixPlaces: seconds)
    }
    return out.text
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
