import NIOCore
import Tallystick

/// What was signed last, and what keeps the next from being signed.
package struct CheckpointFindings: Equatable, Sendable {
  /// The last one that this server signed; `nil`: none yet.
  package var note: SignedNote?
  /// The last event that it covers.
  package var lastSequence: UInt64 = 0
  /// Frames that it covers.
  package var frames: UInt64 = 0
  /// When it was signed.
  var time = NIODeadline.now()
  /// Signed since the server was started.
  package var count = 0
  /// Times that signing failed.
  package var failures = 0
  /// Why it failed last; `nil`: it did not.
  package var failure: String?
  /// The log contradicts what was signed before: in words for people; `nil`: it does not.
  package var alarm: String?

  /// Of each witness, whether it cosigned the last one, and whether it has cosigned another history.
  package var witnesses: [Cosigning] = []
  /// Who did not, in words for people.
  package var complaints: [String] = []

  /// How it stands with one witness.
  package struct Cosigning: Equatable, Sendable {
    package var name: String
    package var isDone: Bool
    package var hasOtherHistory: Bool
  }

  mutating func took(_ note: SignedNote, _ head: TreeHead, _ answers: [WitnessClient.Answer]) {
    self.note = note
    frames = head.size
    lastSequence = head.extent?.lastSequence ?? 0
    time = .now()
    count += 1
    (failure, alarm) = (nil, nil)
    complaints = answers.complaints
    witnesses = answers.map { answer in
      let outcome = answer.outcome
      return Cosigning(
        name: answer.witness.name,
        isDone: { if case .cosigned = outcome { true } else { false } }(),
        hasOtherHistory: { if case .otherHistory = outcome { true } else { false } }())
    }
  }

  /// In Prometheus's text format.
  ///
  /// - Parameter last: the last durable event.
  func text(last: UInt64, now: NIODeadline = .now()) -> String {
    var text = MetricsText()
    text.single("tallystick_checkpoints_total", "counter", "Checkpoints signed.", Double(count))
    if note != nil {
      text.single(
        "tallystick_checkpoint_age_seconds", "gauge", "How long ago the last checkpoint was signed.",
        Double((now - time).nanoseconds / 1_000_000) / 1_000)
      text.single("tallystick_checkpoint_frames", "gauge", "Frames that it covers.", Double(frames))
      text.single(
        "tallystick_checkpoint_last_sequence", "gauge", "The last event that it covers.", Double(lastSequence))
    }
    text.single(
      "tallystick_checkpoint_lag", "gauge", "Durable events that no checkpoint of this server covers.",
      Double(last - min(last, lastSequence)))
    text.single("tallystick_checkpoint_failures_total", "counter", "Times that signing failed.", Double(failures))
    text.single(
      "tallystick_checkpoint_refused", "gauge",
      "1: nothing is signed, because the log contradicts what was signed before.", alarm == nil ? 0 : 1)
    if !witnesses.isEmpty { write(to: &text) }
    return text.text
  }

  private func write(to text: inout MetricsText) {
    text.begin("tallystick_witness_cosigned", "gauge", "1: the witness has cosigned the last checkpoint.")
    for witness in witnesses {
      text.sample("tallystick_witness_cosigned", witness.label, witness.isDone ? 1 : 0)
    }
    text.begin(
      "tallystick_witness_other_history", "gauge", "1: the witness has cosigned a history that is not the log's.")
    for witness in witnesses {
      text.sample("tallystick_witness_other_history", witness.label, witness.hasOtherHistory ? 1 : 0)
    }
  }
}

extension CheckpointFindings.Cosigning {
  fileprivate var label: String {
    let escaped = name.reduce(into: "") { text, character in
      if character == "\\" || character == "\"" { text.append("\\") }
      text.append(character)
    }
    return "{witness=\"\(escaped)\"}"
  }
}
