import TallyText
import Tallystick

extension JSONWriter {
  /// What would have to be otherwise: the short and the unknown lines of a cart, where else there is some, the count
  /// against a limit.
  mutating func writeDetails(of rejection: Rejection) {
    if let reservation = rejection.reservation { field("id", reservation) }
    if let passed = rejection.passedLimit {
      field("asked", passed.asked)
      if let count = passed.count { field("count", count) }
      field("limit", passed.limit)
    }
    array("short", rejection.short) { json, shortage in
      json.fields(shortage.item)
      json.field("asked", shortage.asked)
      json.field("available", shortage.available)
      if shortage.waiting > 0 { json.field("waiting", shortage.waiting) }
    }
    array("unknown", rejection.unknown) { json, item in json.fields(item) }
    array("elsewhere", rejection.elsewhere) { json, place in
      json.fields(place.item)
      json.field("available", place.available)
    }
  }

  /// An array of objects; nothing if there are none.
  mutating func array<Element>(
    _ name: StaticString, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
  ) {
    if elements.isEmpty { return }
    key(name)
    beginArray()
    for element in elements {
      beginObject()
      body(&self, element)
      endObject()
    }
    endArray()
  }
}
