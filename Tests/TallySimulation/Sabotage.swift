/// A promise that the world itself breaks: to see that a simulation notices.
public enum Sabotage: Sendable {
  case none
  /// Every other sync of a file returns and has done nothing: a disk that lies.
  case dropsSyncs
  /// Syncs of directories do nothing.
  case dropsDirectorySyncs
  /// One event is in the log that no client sent.
  case smugglesEvent
  /// A client remembers an answer that it never got.
  case inventsAnswer
}
