import TallyFormat
import TallyProcess
import TallyProof
import TallyText

extension VerifyProof {
  /// Says what a proof of an event shows that holds.
  func show(
    _ proof: EventProof, _ head: TreeHead, _ event: EventWords, _ cosigners: [WitnessQuorum.Cosigner]
  ) throws {
    guard json else {
      let what = event.id.map { "reservation \($0)" } ?? "an event"
      try StandardOutput.line(
        "PROVEN: \(what) stands as event \(event.sequence) (\(event.kind)) of the log of \(head.origin), made at "
          + "\(Timestamp.text(event.time)), in frame \(proof.frame) of the \(head.size) that were signed for"
          + VerifyProof.words(cosigners))
      if let reservation = event.reservation { try StandardOutput.line("  of the reservation of event \(reservation)") }
      for line in event.lines {
        try StandardOutput.line("  \(line.quantity) of \(line.item.sku)@\(line.item.location)")
      }
      return
    }
    try answer { json in
      json.field("verdict", "proven")
      json.field("type", EventProof.type)
      json.field("origin", head.origin)
      json.field("log", head.extent?.log ?? "")
      json.field("seq", event.sequence)
      json.field("time_ms", event.time)
      json.field("event", event.kind)
      json.field("id", orNull: event.id)
      json.field("customer", orNull: event.customer)
      json.field("of_seq", orNull: event.reservation)
      json.array("lines", event.lines) { json, line in
        json.beginObject()
        json.field("sku", "\(line.item.sku)")
        json.field("location", "\(line.item.location)")
        json.field("qty", line.quantity)
        json.endObject()
      }
      json.field("frame", proof.frame)
      json.field("frames", head.size)
      json.write(cosigners)
    }
  }
}
