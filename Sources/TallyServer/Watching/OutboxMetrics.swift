import Tallystick

/// How those fare who read the events.
enum OutboxMetrics {
  static func text(consumers: [ConsumerPosition]) -> String {
    var text = MetricsText()
    text.begin("tallystick_consumer_lag", "gauge", "Events that a consumer has not acknowledged.")
    for consumer in consumers {
      text.sample("tallystick_consumer_lag", label(consumer.name), Double(consumer.lag))
    }
    text.begin("tallystick_consumer_sequence", "gauge", "The last event that a consumer has acknowledged.")
    for consumer in consumers {
      text.sample("tallystick_consumer_sequence", label(consumer.name), Double(consumer.position))
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
