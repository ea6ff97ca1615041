import TallyAudit

extension Verdict {
  /// For people, after the word itself.
  package var meaning: String {
    switch self {
    case .proven: "the chain is whole and every rule held after every event"
    case .violated: "the chain is whole, but an event breaks a rule"
    case .inconsistent: "the log contradicts a checkpoint or a snapshot"
    case .damaged: "there are bytes that cannot be trusted; what follows holds for the part before them"
    }
  }
}
