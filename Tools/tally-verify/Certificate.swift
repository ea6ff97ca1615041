import TallyAudit
import TallyFormat
import TallyProcess
import TallyText

/// What an audit found, in a few lines of JSON that are passed on: of which log, over which range, against what, by which
/// version, with which result; signed if the auditor has a key.
struct Certificate {
  /// `type` in the file.
  static let type = "tallystick-certificate/1"
  private static let mostListed = 10
  private static let largest = SignedNote.largest

  let findings: AuditReport
  /// What the log was compared with, and who cosigned that.
  let checkpoint: CheckpointFile?
  let checksSnapshots: Bool
  /// When it was made, in Unix milliseconds.
  let time: Int64

  /// One line.
  var text: String {
    var json = JSONWriter(spellsOutControls: true)
    json.object { json in
      json.field("type", Certificate.type)
      json.field("verdict", findings.verdict.rawValue)
      json.field("made_ms", time)
      json.field("program", "tally-verify")
      json.field("version", ProgramVersion.current)
      json.field("log", orNull: findings.log?.description)
      json.field("first_seq", orNull: findings.firstSequence)
      json.field("last_seq", findings.lastSequence)
      json.field("remembered_seq", orNull: findings.rememberedSequence)
      json.field("frames", findings.frames)
      json.field("head_hash", findings.head.hash.description)
      json.field("epoch", findings.head.epoch)
      json.field("state_digest", orNull: findings.agreedStateDigest?.description)
      json.field("events", findings.events)
      json.field("reservations", findings.reservations)
      json.field("items", findings.items)
      json.field("min_available", orNull: findings.minAvailable)
      json.field("min_available_seq", orNull: findings.minAvailableSequence)
      json.field("first_time_ms", findings.firstTime)
      json.field("last_time_ms", findings.lastTime)
      json.field("torn_bytes", findings.tornBytes)
      json.field("snapshots_checked", findings.snapshots.count { $0.status == .consistent })
      json.field("snapshots_required", checksSnapshots)
      writeCheckpoint(to: &json)
      writeFindings(to: &json)
    }
    return json.text + "\n"
  }

  private func writeCheckpoint(to json: inout JSONWriter) {
    switch checkpoint {
    case nil: json.nullField("checkpoint")
    case .signed(let head)?:
      json.key("checkpoint")
      json.object {
        $0.field("origin", head.origin)
        $0.field("frames", head.size)
        $0.field("root", head.root.description)
      }
    case .plain(let checkpoint)?:
      json.key("checkpoint")
      json.object {
        $0.field("last_seq", checkpoint.head.lastSequence)
        $0.field("head_hash", checkpoint.head.hash.description)
      }
    }
  }

  private func writeFindings(to json: inout JSONWriter) {
    json.field("violation_count", findings.violationCount)
    json.array("violations", Array(findings.violations.prefix(Certificate.mostListed))) { json, violation in
      json.object {
        $0.field("seq", violation.sequence)
        $0.field("rule", violation.rule.rawValue)
        $0.field("detail", violation.detail)
      }
    }
    json.array("contradictions", Array(findings.contradictions.prefix(Certificate.mostListed))) { json, contradiction in
      json.object {
        $0.field("witness", contradiction.witness)
        $0.field("seq", contradiction.sequence)
        $0.field("detail", contradiction.detail)
      }
    }
    if let damage = findings.damage {
      json.field("damage", "\(damage.file), byte \(damage.offset), from event \(damage.sequence): \(damage.detail)")
    } else {
      json.nullField("damage")
    }
  }

  /// Writes the file: the line, or a note with the line as its text.
  func write(to path: String, signer: NoteSigner?) throws {
    var bytes = Array(text.utf8)
    if let signer {
      guard let note = SignedNote(text: text, signedBy: signer) else {
        throw FileError(operation: "sign", path: path, code: 5, reason: "the system's cryptography fails")
      }
      bytes = Array(note.encoded.utf8)
    }
    try OutputFile(path).write(bytes)
  }

  // MARK: Reading

  /// What a certificate says, and whether its key signed it.
  ///
  /// - Throws: ``CheckpointFile/Malformed`` for what is none, ``CheckpointFile/Unsigned`` without a right signature.
  static func read(_ bytes: [UInt8], _ path: String, key: NoteVerifier) throws -> JSONValue {
    guard bytes.count <= largest else { throw malformed(path, "is too large") }
    let isSigned = String(decoding: bytes, as: UTF8.self).contains("\n\n")
    var text = bytes
    if isSigned {
      let note: SignedNote
      do throws(NoteFlaw) { note = try SignedNote(parsing: bytes) } catch { throw malformed(path, "\(error)") }
      do throws(NoteFlaw) {
        if try !note.isSigned(by: key) { throw NoteFlaw("is not signed by \(key.name) with that key") }
      } catch {
        throw CheckpointFile.Unsigned(description: "\(path) \(error)")
      }
      text = Array(note.text.utf8)
    }
    let value: JSONValue
    do throws(JSONFlaw) { value = try JSONValue(parsing: text, maximumDepth: 8) } catch {
      throw malformed(path, error.inFile(text))
    }
    guard case .string(let type)? = value["type"], type == Certificate.type else {
      throw malformed(path, "is of another kind")
    }
    guard isSigned else { throw CheckpointFile.Unsigned(description: "\(path) is a certificate that nobody signed") }
    return value
  }

  private static func malformed(_ path: String, _ reason: String) -> CheckpointFile.Malformed {
    CheckpointFile.Malformed(description: "\(path) is no certificate: it \(reason)")
  }
}
