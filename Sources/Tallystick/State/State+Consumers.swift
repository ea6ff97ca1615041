/// `acknowledged` and `consumer-forgotten`. No batch has them, so that they are never taken back.
extension State {
  mutating func foldAcknowledgement(_ group: EventColumns.Acknowledgements, _ ordinal: Int) -> Rule? {
    let (name, position) = (group.consumers[ordinal], group.positions[ordinal])
    guard position < lastSequence else { return .acknowledgedAhead }
    if let known = consumers[name] {
      guard position > known.position else { return .acknowledgedBackwards }
    } else {
      guard consumers.count < Limits.maxConsumers else { return .consumerLimit }
    }
    consumers.acknowledge(name, position, at: lastSequence)
    return nil
  }

  mutating func foldForgetting(_ group: EventColumns.ForgottenConsumers, _ ordinal: Int) -> Rule? {
    let name = group.consumers[ordinal]
    guard consumers[name] != nil else { return .unknownConsumer }
    consumers.forget(name, at: lastSequence)
    return nil
  }

  /// All consumers, by name.
  var consumerPositions: [ConsumerPosition] {
    let last = consumers.lastTold(before: lastSequence)
    return consumers.sorted.map {
      ConsumerPosition(
        name: $0.name, position: $0.entry.position, sequence: $0.entry.lastChange,
        lag: last - min(last, $0.entry.position))
    }
  }

  // MARK: The canonical form

  /// What begins the consumers.
  static let consumersNumber = EventKind.acknowledged.rawValue
  /// A name of one byte and two numbers.
  private static let leastConsumerBytes = 4

  func writeConsumers(into out: inout PieceWriter) {
    if consumers.isEmpty { return }
    out.u8(State.consumersNumber)
    out.varint(consumers.lastOwn)
    out.varint(consumers.lastOther)
    out.varint(UInt64(consumers.count))
    for (name, entry) in consumers.sorted {
      out.name(name.bytes)
      out.varint(entry.position)
      out.varint(entry.lastChange)
    }
  }

  mutating func readConsumers(_ reader: inout StateReader) throws(MalformedBytes) {
    let (lastOwn, lastOther) = (try reader.number(), try reader.number())
    let count = try reader.count(ofAtLeast: State.leastConsumerBytes)
    guard lastOwn <= lastSequence, lastOther < lastOwn, count > 0, count <= Limits.maxConsumers else {
      throw MalformedBytes("holds consumers that no event made")
    }
    var last: Name?
    var entries: [Name: ConsumerTable.Entry] = [:]
    for _ in 0..<count {
      let name = Name(bytes: Array(try reader.name()))
      let entry = ConsumerTable.Entry(position: try reader.number(), lastChange: try reader.number())
      guard last.map({ $0 < name }) ?? true, entry.position < entry.lastChange, entry.lastChange <= lastOwn else {
        throw MalformedBytes("holds consumers out of order or out of range")
      }
      last = name
      entries[name] = entry
    }
    consumers = ConsumerTable(lastOwn: lastOwn, lastOther: lastOther, entries)
  }
}
