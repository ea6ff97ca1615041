import TallyTestSupport

@testable import TallyFormat

/// Random rows of every kind: well-formed columns, though no history that a judge would make.
struct RandomRows {
  var random: SplitMix64
  private var time: Int64 = 1_700_000_000_000

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func columns(_ count: Int) -> EventColumns {
    var columns = EventColumns(firstSequence: UInt64(random.pick([1, 77, Int(Limits.maxQuantity) - 1_000])))
    append(count, to: &columns)
    return columns
  }

  /// The last row ends its step.
  mutating func append(_ count: Int, to columns: inout EventColumns) {
    let kinds = random.one(in: 2) ? EventKind.allCases : [random.pick(EventKind.allCases), .reserved]
    for _ in 0..<count {
      let kind = random.pick(kinds)
      append(kind, to: &columns)
      if kind == .reserved, random.one(in: 4) { lines(1).withUnsafeBufferPointer { columns.setLastAsked($0) } }
      if kind.isMovement, random.one(in: 4) { columns.setLastEffective(random.pick([0, time, Limits.maxQuantity])) }
    }
    columns.setLastMore(false)
  }

  mutating func append(_ kind: EventKind, to columns: inout EventColumns) {
    time += random.pick([0, 0, 0, 1, 900, 100_000_000])
    let more = random.one(in: 4)
    let key = random.one(in: 3) ? name() : nil
    let digest = ContentDigest(high: random.next(), low: random.next())
    let reference = UInt64(random.number(1...Limits.maxQuantity))
    switch kind {
    case .itemRegistered: columns.appendRegistration(sku: name(), location: name(), time: time, more: more)
    case .received, .returned:
      let text = random.one(in: 2) ? nil : Name(String(repeating: "t", count: random.number(0...256)))
      lines(1).withUnsafeBufferPointer {
        columns.appendMovement(
          isReturn: kind == .returned, lines: $0, reference: text, key: key, digest: digest, time: time, more: more)
      }
    case .reserved:
      let timeToLive = random.pick([0, 900_000, Limits.maxQuantity])
      let customer = random.one(in: 2) ? [] : name().bytes
      let id = name().bytes
      lines(1).withUnsafeBufferPointer { lines in
        id.withUnsafeBufferPointer { id in
          customer.withUnsafeBufferPointer {
            columns.appendReservation(
              id: id, lines: lines, customer: $0, timeToLive: timeToLive, time: time, more: more)
          }
        }
      }
    case .waiting:
      let customer = random.one(in: 2) ? [] : name().bytes
      let id = name().bytes
      lines(1).withUnsafeBufferPointer { lines in
        id.withUnsafeBufferPointer { id in
          customer.withUnsafeBufferPointer {
            columns.appendWaiting(
              id: id, lines: lines, customer: $0, timeToLive: random.pick([0, 900_000, Limits.maxQuantity]),
              wait: random.pick([0, 60_000, Limits.maxQuantity]), time: time, more: more)
          }
        }
      }
    case .filled: columns.appendFilling(reservation: reference, time: time, more: more)
    case .committed, .released:
      let byAdjust = kind == .released && random.one(in: 3)
      lines(0).withUnsafeBufferPointer {
        columns.appendSettlement(
          kind, reservation: reference, lines: $0, byAdjust: byAdjust, key: key, digest: digest, time: time, more: more)
      }
    case .expired: columns.appendExpiry(reservation: reference, time: time, more: more)
    case .adjusted:
      columns.appendAdjustment(
        item: item(), isTo: random.one(in: 2), change: random.number(-Limits.maxQuantity...Limits.maxQuantity),
        reason: name(), policy: UInt8(random.number(0...4)), key: key, digest: digest, time: time, more: more)
    case .transferred:
      columns.appendTransfer(
        from: item(), to: item(), quantity: quantity(), key: key, digest: digest, time: time, more: more)
    case .limitSet:
      columns.appendLimit(
        item: item(), limit: random.pick([nil, 0, quantity()]), key: key, digest: digest, time: time, more: more)
    case .floorSet:
      columns.appendFloor(
        item: item(), floor: random.pick([0, quantity()]), key: key, digest: digest, time: time, more: more)
    case .recipeSet:
      lines(0).withUnsafeBufferPointer {
        columns.appendRecipe(item: item(), parts: $0, key: key, digest: digest, time: time, more: more)
      }
    case .preferenceSet:
      lines(0).withUnsafeBufferPointer {
        columns.appendPreference(item: item(), places: $0, key: key, digest: digest, time: time, more: more)
      }
    case .acknowledged:
      columns.appendAcknowledgement(
        consumer: name(), position: random.pick([0, 7, UInt64(Limits.maxQuantity)]), time: time, more: more)
    case .consumerForgotten: columns.appendForgottenConsumer(name(), time: time, more: more)
    case .refused:
      columns.appendRefusal(
        random.one(in: 4) ? nil : ItemNumber(UInt32(random.number(0...9_999))), random.pick(RefusalCause.allCases),
        asks: UInt64(random.number(0...99)), units: UInt64(random.number(0...Limits.maxQuantity)),
        delay: Int64(random.number(-10_000...10_000)), time: time, more: more)
    case .transferredWith:
      let last = columns.nextSequence
      let holds = (0..<random.number(0...3)).map { _ in
        EventColumns.MovedHold(
          reservation: last - UInt64(random.number(0...Int(min(last - 1, 9)))), quantity: quantity())
      }
      columns.appendTransfer(
        from: item(), to: item(), quantity: quantity(), with: holds, isOfAll: random.one(in: 2), key: key,
        digest: digest, time: time, more: more)
    case .returnedOf:
      let customer = random.one(in: 2) ? Name(bytes: []) : name()
      let id = name()
      lines(1).withUnsafeBufferPointer {
        columns.appendReturn(
          of: reference, id: id, customer: customer, lines: $0, reference: nil, key: key, digest: digest, time: time,
          more: more)
      }
    case .reopened:
      let (id, customer) = (name(), random.one(in: 2) ? Name(bytes: []) : name())
      lines(1).withUnsafeBufferPointer {
        columns.appendReopening(
          of: reference, id: id, customer: customer, made: random.pick([0, time, Limits.maxQuantity]), lines: $0,
          timeToLive: random.pick([0, 900_000, Limits.maxQuantity]), key: key, digest: digest, time: time, more: more)
      }
    case .extended:
      columns.appendExtension(
        reservation: reference, timeToLive: random.pick([0, 900_000, Limits.maxQuantity]), key: key, digest: digest,
        time: time, more: more)
    case .amended, .committedMore:
      lines(1).withUnsafeBufferPointer {
        if kind == .amended {
          columns.appendAmendment(reservation: reference, lines: $0, key: key, digest: digest, time: time, more: more)
        } else {
          columns.appendLargerCommit(
            reservation: reference, lines: $0, key: key, digest: digest, time: time, more: more)
        }
      }
    case .batch:
      let last = columns.nextSequence
      let results = (0..<random.number(1...5)).map { _ in
        EventColumns.BatchResult(
          sequence: last - UInt64(random.number(0...Int(min(last - 1, 9)))), isRepeat: random.one(in: 3))
      }
      columns.appendBatch(key: name(), digest: digest, results: results, time: time, more: more)
    }
  }

  private mutating func item() -> ItemNumber { ItemNumber(UInt32(random.pick([0, 5, 100_000, Int(UInt32.max)]))) }
  private mutating func quantity() -> Int64 { random.pick([1, 2, random.number(1...Limits.maxQuantity)]) }

  private mutating func lines(_ minimum: Int) -> [LineEntry] {
    var number: UInt32 = 0
    return (0..<random.pick([minimum, 1, 1, 3])).map { _ in
      number += UInt32(random.number(1...70_000))
      return LineEntry(item: ItemNumber(number), quantity: quantity())
    }
  }

  private mutating func name() -> Name {
    switch random.number(0...4) {
    case 0: return Name("order-\(random.number(0...99_999))")
    case 1: return Name("order-000\(random.number(0...9))")
    case 2:
      var uuid = [UInt8]()
      UUIDText.append(random.next(), random.next(), to: &uuid)
      return Name(bytes: uuid)
    case 3: return Name("\(random.number(0...Limits.maxQuantity))")
    default: return Name(String(repeating: random.pick(["é", "x", "7"]), count: random.number(1...32)))
    }
  }
}

extension EventColumns {
  var payload: [UInt8] {
    var out = ByteWriter()
    var body = ByteWriter()
    encode(into: &out, body: &body)
    return out.bytes
  }

  static func decode(_ bytes: [UInt8]) throws -> EventColumns {
    try bytes.withUnsafeBytes { try EventColumns.decode($0) }
  }
}
