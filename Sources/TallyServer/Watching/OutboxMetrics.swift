import Tallystick

/// How those fare who read the events.
enum OutboxMetrics {
  static func text(consumers: [ConsumerPosition], _ senders: [WebhookSender]) -> String {
    var text = MetricsText()
    text.begin("tallystick_consumer_lag", "gauge", "Events that a consumer has not acknowledged.")
    for consumer in consumers {
      text.sample("tallystick_consumer_lag", label(consumer.name), Double(consumer.lag))
    }
    text.begin("tallystick_consumer_sequence", "gauge", "The last event that a consumer has acknowledged.")
    for consumer in consumers {
      text.sample("tallystick_consumer_sequence", label(consumer.name), Double(consumer.position))
    }
    let fares = senders.map { (label($0.webhook.consumer), $0.progress, $0.letters.count) }
    text.begin("tallystick_webhook_delivered_total", "counter", "Events that a webhook's receiver took.")
    for (label, progress, _) in fares {
      text.sample("tallystick_webhook_delivered_total", label, Double(progress.delivered))
    }
    text.begin("tallystick_webhook_failed_attempts_total", "counter", "Attempts that failed.")
    for (label, progress, _) in fares {
      text.sample("tallystick_webhook_failed_attempts_total", label, Double(progress.failedAttempts))
    }
    text.begin("tallystick_webhook_dead_letters", "gauge", "Events that were given up.")
    for (label, _, letters) in fares { text.sample("tallystick_webhook_dead_letters", label, Double(letters)) }
    text.begin("tallystick_webhook_stopped", "gauge", "1: nothing more is sent.")
    for (label, progress, _) in fares {
      text.sample("tallystick_webhook_stopped", label, progress.state == .stopped ? 1 : 0)
    }
    return text.text
  }

  /// A name has no control characters, and so no line's end.
  static func label(_ consumer: Name) -> String {
    let name = consumer.description.reduce(into: "") { text, character in
      if character == "\\" || character == "\"" { text.append("\\") }
      text.append(character)
    }
    return "{consumer=\"\(name)\"}"
  }
}
