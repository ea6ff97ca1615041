import TallyText
import Tallystick

extension JSONWriter {
  package mutating func field(_ name: StaticString, _ value: Name) {
    key(name)
    string(value.bytes)
  }

  /// `sku` and `location`.
  package mutating func fields(_ item: ItemName) {
    field("sku", item.sku)
    field("location", item.location)
  }
}
