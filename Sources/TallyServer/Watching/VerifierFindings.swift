/// What the background verifier has found.
package struct VerifierFindings: Equatable, Sendable {
  /// It runs.
  package var isRunning = false
  /// The last event judged.
  package var lastSequence: UInt64 = 0
  /// Broken rules.
  package var violations = 0
  /// Times that its state was compared with the writer's.
  package var comparisons = 0
  /// At which event that was last.
  package var comparedSequence: UInt64 = 0
  /// Both folds had another state after the same event: one of them is wrong.
  package var differs = false
  /// What was found first, in words for people; `nil`: nothing.
  package var alarm: String?
  /// Why it has ended; `nil`: it has not, or was told to.
  package var failure: String?

  /// - Parameter last: the last durable event.
  func text(last: UInt64) -> String {
    var text = MetricsText()
    text.single("tallystick_verifier_running", "gauge", "1: the background verifier follows.", isRunning ? 1 : 0)
    text.single(
      "tallystick_verifier_last_sequence", "gauge", "The last event that the background verifier has judged.",
      Double(lastSequence))
    text.single(
      "tallystick_verifier_lag", "gauge", "Durable events that it has not judged.",
      Double(last - min(last, lastSequence)))
    text.single("tallystick_verifier_violations", "gauge", "Rules that it found broken.", Double(violations))
    text.single(
      "tallystick_verifier_comparisons_total", "counter", "Times that its state was compared with the writer's.",
      Double(comparisons))
    text.single(
      "tallystick_verifier_differs", "gauge", "1: its fold and the writer's came to different states.",
      differs ? 1 : 0)
    return text.text
  }
}
