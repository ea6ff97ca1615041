import Tallystick

/// What the clients of a log remember: what they sent, and what they were answered. The truth that a log is held to.
///
/// A value: it is kept with the disk at each moment at which a power loss is tried.
struct ClientRecords: Sendable {
  struct Sent: Sendable {
    let command: Command
    /// The first accepted answer.
    var answer: Acceptance?
    /// It was answered as new; a repeat may be answered before that, when an answer is on its way.
    var wasAccepted = false
    /// Answered in any way: if not, nobody knows what became of it.
    var isSettled = false
    /// Its key or id lets it happen once only, however often it is sent.
    var happensOnce: Bool { command.key != nil || command.operation.reservationID != nil }
  }

  private(set) var sent: [Sent] = []
  private var index: [Command: Int] = [:]
  /// How many events there may be of each kind.
  private(set) var allowed: [Mark: Int] = [:]
  /// What must stand at which sequence number.
  private(set) var acknowledged: [UInt64: Mark] = [:]
  private(set) var lastAcknowledged: UInt64 = 0

  /// Those of which nobody knows what became of them.
  var unsettled: [Command] { sent.filter { !$0.isSettled }.map(\.command) }
  /// Those that may be sent again at any time.
  var repeatable: [Command] { sent.filter { $0.answer != nil && $0.happensOnce }.map(\.command) }

  func first(_ command: Command) -> Sent? { index[command].map { sent[$0] } }

  /// A client is about to send a command, for the first time or again.
  mutating func send(_ command: Command) {
    if let known = index[command] {
      sent[known].isSettled = sent[known].answer != nil
      if sent[known].happensOnce { return }
    } else {
      index[command] = sent.count
      sent.append(Sent(command: command))
    }
    for mark in Mark.marks(of: command) { allowed[mark, default: 0] += 1 }
  }

  /// The answer has come. Returns what is wrong with it; `nil`: nothing.
  ///
  /// - Parameter lastAcknowledged: what was acknowledged when the command was sent. A refusal that was judged before
  ///   another writer took the log away may arrive after that writer's acceptance.
  mutating func receive(
    _ outcome: Outcome, to command: Command, sentAfter lastAcknowledged: UInt64 = .max
  ) -> String? {
    guard let place = index[command] else { return "an answer came to \(command), which was never sent" }
    let first = sent[place].answer
    switch outcome {
    case .accepted(let acceptance):
      if sent[place].happensOnce, let first, sent[place].wasAccepted || first.sequence != acceptance.sequence {
        return "\(command) was accepted twice: as event \(first.sequence) and as event \(acceptance.sequence)"
      }
      sent[place].wasAccepted = true
      return note(acceptance, of: place)
    case .repeated(let acceptance):
      if sent[place].happensOnce, let first, first.sequence != acceptance.sequence {
        return "the repeat of \(command) was answered \(acceptance.sequence) instead of \(first.sequence)"
      }
      if sent[place].happensOnce { return note(acceptance, of: place) }
      sent[place].isSettled = true
    case .rejected(let rejection):
      if sent[place].happensOnce, let first, first.sequence <= max(lastAcknowledged, rejection.atSequence) {
        return "\(command) was accepted as event \(first.sequence) and is now rejected \(rejection.reason.rawValue)"
      }
      sent[place].isSettled = true
    case .invalid(let why): return "\(command) is called invalid: \(why)"
    case .busy: return "\(command) is refused by a queue that nothing fills"
    case .failed: break
    }
    return nil
  }

  private mutating func note(_ acceptance: Acceptance, of place: Int) -> String? {
    if sent[place].answer == nil { sent[place].answer = acceptance }
    sent[place].isSettled = true
    let marks = Mark.marks(of: sent[place].command)
    if case .batch(let operations) = sent[place].command.operation {
      guard acceptance.results.count == operations.count else {
        return "a batch of \(operations.count) has \(acceptance.results.count) results"
      }
      for (mark, result) in zip(marks, acceptance.results) where !result.isRepeat {
        if let flaw = acknowledge(result.sequence, mark) { return flaw }
      }
      guard sent[place].command.key != nil else { return nil }
    }
    guard let own = marks.last else { return nil }
    return acknowledge(acceptance.sequence, own)
  }

  private mutating func acknowledge(_ sequence: UInt64, _ mark: Mark) -> String? {
    if let other = acknowledged[sequence], other != mark {
      return "event \(sequence) was given to two commands: \(other) and \(mark)"
    }
    acknowledged[sequence] = mark
    lastAcknowledged = max(lastAcknowledged, sequence)
    return nil
  }
}
