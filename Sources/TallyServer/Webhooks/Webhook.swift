import Tallystick

/// Where a consumer's events are sent to. The defaults are right for most.
package struct Webhook: Hashable, Sendable {
  /// What it is called among the log's consumers.
  package var consumer: Name
  /// `http://…` or `https://…`, as it is asked for.
  package var url: String
  /// What its messages are signed with: 16 bytes or more.
  package var secret: [UInt8]
  /// Only events of these types, by ``EventKind/name``; `nil`: all but those about consumers.
  package var types: Set<String>?
  /// Where it begins when the log does not know it yet.
  package var start = Start.end
  /// When it is tried again, and how often.
  package var retries = RetrySchedule()
  /// How long one attempt may take.
  package var timeout = Duration.seconds(10)
  /// How long what was delivered may wait for its acknowledgement in the log: after a crash so much may come twice.
  package var acknowledgement = Duration.seconds(1)

  package enum Start: String, Sendable {
    /// Before the log's first event.
    case beginning
    /// Behind its last.
    case end
  }

  package init(consumer: Name, url: String, secret: [UInt8]) {
    self.consumer = consumer
    self.url = url
    self.secret = secret
  }

  func wants(_ event: RecordedEvent) -> Bool { types?.contains(event.kind.name) ?? true }
}
