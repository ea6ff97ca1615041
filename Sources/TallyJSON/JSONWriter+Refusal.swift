import TallyText
import Tallystick

/// What an answer tells of other reservations, and of why.
extension JSONWriter {
  /// `"released":[{"id":…,"customer":…,"lines":[…]},…]`: whose holds an adjustment has taken.
  mutating func write(released holds: [ReleasedHold]) {
    key("released")
    beginArray()
    for hold in holds {
      beginObject()
      field("id", hold.id)
      if let customer = hold.customer { field("customer", customer) }
      write("lines", hold.lines)
      endObject()
    }
    endArray()
  }

  mutating func write(_ detail: Rejection.Detail) {
    switch detail {
    case .notOpen(let lines): write(open: lines)
    case .notSold(let lines): write(sold: lines)
    case .closed(let event, let kind):
      key("closed_by")
      beginObject()
      field("seq", event)
      field("type", kind.name)
      endObject()
    case .held(let holders): write(holders)
    case .differs(let differences): write(differences)
    }
  }

  /// `"open":[{"sku":…,"location":…,"asked":3,"open":2},…]`; without `open`, the reservation does not have the item.
  private mutating func write(open lines: [Rejection.OpenLine]) {
    key("open")
    beginArray()
    for line in lines {
      beginObject()
      fields(line.item)
      field("asked", line.asked)
      if let open = line.open { field("open", open) }
      endObject()
    }
    endArray()
  }

  /// `"sold":[{"sku":…,"location":…,"asked":3,"sold":2,"returned":0},…]`
  private mutating func write(sold lines: [Rejection.SoldLine]) {
    key("sold")
    beginArray()
    for line in lines {
      beginObject()
      fields(line.item)
      field("asked", line.asked)
      field("sold", line.sold)
      field("returned", line.returned)
      endObject()
    }
    endArray()
  }

  /// `"held":7,"held_by":[{"id":…,"customer":…,"qty":3},…]`, `others` where not all are named, and whom the policy `newest`
  /// would let go: `"release_newest":{"ids":[…],"count":2}`.
  private mutating func write(_ holders: Rejection.Holders) {
    field("held", holders.units)
    key("held_by")
    beginArray()
    for holder in holders.holders {
      beginObject()
      field("id", holder.id)
      if let customer = holder.customer { field("customer", customer) }
      field("qty", holder.quantity)
      endObject()
    }
    endArray()
    if holders.others > 0 { field("others", holders.others) }
    if holders.newestCount == 0 { return }
    key("release_newest")
    beginObject()
    key("ids")
    beginArray()
    for id in holders.newest { string(id.bytes) }
    endArray()
    field("count", holders.newestCount)
    endObject()
  }

  /// `"first_seq":4,"differs":{"lines":{"first":[…],"now":[…]},"ttl_ms":{…},"customer":{…}}`
  private mutating func write(_ differences: Rejection.Differences) {
    field("first_seq", differences.first)
    key("differs")
    beginObject()
    if let first = differences.firstLines, let now = differences.lines {
      key("lines")
      beginObject()
      write("first", first)
      write("now", now)
      endObject()
    }
    if let (first, now) = differences.timesToLive {
      key("ttl_ms")
      beginObject()
      if first > 0 { field("first", first) } else { nullField("first") }
      if now > 0 { field("now", now) } else { nullField("now") }
      endObject()
    }
    if let (first, now) = differences.customers {
      key("customer")
      beginObject()
      if first.isEmpty { nullField("first") } else { field("first", first) }
      if now.isEmpty { nullField("now") } else { field("now", now) }
      endObject()
    }
    endObject()
  }

  private mutating func write(_ name: StaticString, _ lines: [Line]) {
    key(name)
    beginArray()
    for line in lines {
      beginObject()
      fields(line.item)
      field("qty", line.quantity)
      endObject()
    }
    endArray()
  }
}
