/// `acknowledge` and `forgetConsumer`: positions of those who read the log, which only go forward.
extension Judge {
  /// - Parameter position: the last event that the consumer has handled.
  mutating func acknowledge(
    _ consumer: Name, _ position: UInt64, _ step: Step, into events: inout EventColumns
  ) -> Outcome {
    let known = state.consumers[consumer]
    // Whoever says it again, or says less, has told what is known: nothing happens.
    if let known, position <= known.position { return .repeated(Acceptance(sequence: known.lastChange)) }
    if position > state.lastSequence {
      return .invalid("position \(position) is beyond the last event, \(state.lastSequence)")
    }
    if known == nil, state.consumers.count >= Limits.maxConsumers {
      return .invalid("the log has \(Limits.maxConsumers) consumers already: forget one that reads no more")
    }
    events.appendAcknowledgement(consumer: consumer, position: position, time: step.time)
    foldLast(&events)
    return accepted()
  }

  mutating func forget(_ consumer: Name, _ step: Step, into events: inout EventColumns) -> Outcome {
    guard state.consumers[consumer] != nil else {
      return .repeated(Acceptance(sequence: state.lastSequence))
    }
    events.appendForgottenConsumer(consumer, time: step.time)
    foldLast(&events)
    return accepted()
  }
}
