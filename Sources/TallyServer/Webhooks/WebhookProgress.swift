import TallyText
import Tallystick

/// How a webhook fares.
struct WebhookProgress: Equatable, Sendable {
  enum State: String, Sendable {
    case starting, delivering
    /// The event at the head is tried again later.
    case retrying
    /// Nothing more is sent until the server is started again.
    case stopped
  }
  var state = State.starting
  /// The last event that was delivered, not wanted, or given up.
  var handled: UInt64 = 0
  /// Of these, the last that the log knows.
  var acknowledged: UInt64 = 0
  var delivered = 0
  var failedAttempts = 0
  /// Of the event at the head that failed so far.
  var attempts = 0
  /// When it is tried again, in Unix milliseconds.
  var nextAttempt: Int64?
  /// What went wrong last, in words for people.
  var lastFailure: String?

  func write(_ webhook: Webhook, deadLetters: Int, to json: inout JSONWriter) {
    json.beginObject()
    json.field("consumer", webhook.consumer.description)
    json.field("url", webhook.url)
    json.field("state", state.rawValue)
    json.field("handled_seq", handled)
    json.field("seq", acknowledged)
    json.field("delivered", delivered)
    json.field("failed_attempts", failedAttempts)
    json.field("attempts", attempts)
    if let nextAttempt { json.field("next_attempt_ms", nextAttempt) }
    if let lastFailure { json.field("last_failure", lastFailure) }
    json.field("dead_letters", deadLetters)
    json.endObject()
  }
}
