/// `Content of a command` in the format document: what a repeated key must bring again.
extension Operation {
  var contentDigest: ContentDigest {
    var out = ByteWriter()
    appendContent(to: &out)
    return ContentDigest(ofContent: out.bytes)
  }

  private func appendContent(to out: inout ByteWriter) {
    switch self {
    case .receive(let lines, let reference), .returned(let lines, let reference):
      if case .receive = self { out.u8(2) } else { out.u8(7) }
      Operation.append(lines, to: &out)
      out.string(reference?.bytes ?? [])
    case .reserve(let id, let lines, let customer, let timeToLive, _):
      out.u8(3)
      out.string(id.bytes)
      Operation.append(lines, to: &out)
      out.string(customer?.bytes ?? [])
      out.u64(UInt64(timeToLive ?? 0))
    case .commit(let id, let lines), .release(let id, let lines):
      if case .commit = self { out.u8(4) } else { out.u8(5) }
      out.string(id.bytes)
      out.u8(lines == nil ? 0 : 1)
      if let lines { Operation.append(lines, to: &out) }
    case .adjust(let item, let adjustment, let reason, let policy):
      out.u8(8)
      Operation.append(item, to: &out)
      switch adjustment {
      case .by(let change):
        out.u8(0)
        out.u64(UInt64(bitPattern: change))
      case .to(let quantity):
        out.u8(1)
        out.u64(UInt64(bitPattern: quantity))
      }
      out.string(reason.bytes)
      out.u8(policy?.rawValue ?? 0)
    case .transfer(let sku, let quantity, let from, let to):
      out.u8(9)
      out.string(sku.bytes)
      out.string(from.bytes)
      out.string(to.bytes)
      out.u64(UInt64(quantity))
    case .limit(let item, let limit):
      out.u8(10)
      Operation.append(item, to: &out)
      out.u64(limit.map { UInt64($0) + 1 } ?? 0)
    case .commitMore, .amend, .extend, .reopen, .returnedOf, .transferWith: appendAlteration(to: &out)
    case .floor(let item, let floor):
      out.u8(24)
      Operation.append(item, to: &out)
      out.u64(UInt64(floor))
    case .recipe(let item, let parts):
      out.u8(25)
      Operation.append(item, to: &out)
      Operation.append(parts, to: &out)
    case .prefer(let sku, let locations):
      out.u8(26)
      out.string(sku.bytes)
      out.u32(UInt32(locations.count))
      for location in locations { out.string(location.bytes) }
    case .dated(let movement, let effective):
      movement.appendContent(to: &out)
      out.u8(Operation.effectiveMark)
      out.u64(UInt64(effective))
    // Never asked for: these have no key, and are in no batch.
    case .expire, .register, .acknowledge, .forgetConsumer: break
    case .batch(let operations):
      out.u8(11)
      out.u32(UInt32(operations.count))
      for operation in operations { operation.appendContent(to: &out) }
    }
  }

  /// Of what concerns a reservation that was made before, but its settlements.
  private func appendAlteration(to out: inout ByteWriter) {
    switch self {
    case .commitMore(let id, let lines), .amend(let id, let lines):
      if case .amend = self { out.u8(13) } else { out.u8(14) }
      out.string(id.bytes)
      Operation.append(lines, to: &out)
    case .returnedOf(let order, let lines, let reference):
      out.u8(16)
      out.string(order.bytes)
      Operation.append(lines, to: &out)
      out.string(reference?.bytes ?? [])
    case .extend(let id, let timeToLive), .reopen(let id, let timeToLive):
      if case .extend = self { out.u8(12) } else { out.u8(19) }
      out.string(id.bytes)
      out.u64(UInt64(timeToLive ?? 0))
    case .transferWith(let sku, let quantity, let from, let to, let holds):
      out.u8(15)
      out.string(sku.bytes)
      out.string(from.bytes)
      out.string(to.bytes)
      out.u64(UInt64(quantity))
      switch holds {
      case .all: out.u8(1)
      case .of(let ids):
        out.u8(0)
        let names = Set(ids).sorted()
        out.u32(UInt32(names.count))
        for name in names { out.string(name.bytes) }
      }
    case .receive, .returned, .reserve, .commit, .release, .adjust, .transfer, .limit, .floor, .recipe, .prefer, .dated,
      .register, .expire, .batch, .acknowledge, .forgetConsumer:
      break
    }
  }

  /// What follows a movement that has an effective time; no command's number.
  private static let effectiveMark: UInt8 = 128

  private static func append(_ item: ItemName, to out: inout ByteWriter) {
    out.string(item.sku.bytes)
    out.string(item.location.bytes)
  }

  private static func append(_ lines: [Line], to out: inout ByteWriter) {
    let merged = MergedLines.merge(lines)
    out.u32(UInt32(merged.count))
    for line in merged.sorted(by: { $0.item < $1.item }) {
      append(line.item, to: &out)
      out.u64(UInt64(line.quantity))
    }
  }
}
