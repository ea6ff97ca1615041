import TallyFormat

/// Consumers of the log and their positions.
extension Fold {
  struct Consumers {
    /// By name.
    var entries: [Name: (position: UInt64, said: UInt64)] = [:]
    /// The last event about consumers, and the last before it about anything else.
    var lastOwn: UInt64 = 0
    var lastOther: UInt64 = 0

    /// What an event about consumers does to both.
    mutating func note(_ sequence: UInt64) {
      if lastOwn == 0 || lastOwn &+ 1 != sequence { lastOther = sequence &- 1 }
      lastOwn = sequence
    }
  }

  mutating func acknowledge(_ event: Event, _ group: EventColumns.Acknowledgements, _ index: Int) {
    let (name, position) = (group.consumers[index], group.positions[index])
    if position >= event.sequence {
      violations.report(
        .acknowledgedAhead, event.sequence, "consumer \(name) is said to have handled event \(position)")
    }
    if let known = consumers.entries[name] {
      if position <= known.position {
        violations.report(
          .acknowledgedBackwards, event.sequence, "consumer \(name) goes from \(known.position) to \(position)")
      }
    } else if consumers.entries.count >= Limits.maxConsumers {
      // Not kept: what a forged log can have of them takes no more memory than that.
      violations.report(.consumerLimit, event.sequence, "more than \(Limits.maxConsumers) consumers")
      return judgeStep(event)
    }
    consumers.note(event.sequence)
    consumers.entries[name] = (position, event.sequence)
    judgeStep(event)
  }

  mutating func forget(_ event: Event, _ group: EventColumns.ForgottenConsumers, _ index: Int) {
    let name = group.consumers[index]
    consumers.note(event.sequence)
    if consumers.entries.removeValue(forKey: name) == nil {
      violations.report(.unknownConsumer, event.sequence, "there is no consumer \(name) to forget")
    }
    if consumers.entries.isEmpty { consumers = Consumers() }
    judgeStep(event)
  }
}

extension CanonicalState {
  static func write(_ consumers: Fold.Consumers, to out: inout StateBytes.Writer) {
    out.byte(27)
    out.varint(consumers.lastOwn)
    out.varint(consumers.lastOther)
    out.varint(UInt64(consumers.entries.count))
    for (name, entry) in consumers.entries.sorted(by: { $0.key < $1.key }) {
      name.bytes.withUnsafeBytes { out.name($0) }
      out.varint(entry.position)
      out.varint(entry.said)
    }
  }
}
