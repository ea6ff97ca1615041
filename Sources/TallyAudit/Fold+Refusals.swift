import TallyFormat

/// What the log says was refused. It changes nothing, and nothing can prove it: that the writer says so is what the chain
/// keeps.
extension Fold {
  /// Of one item and cause.
  struct Refused {
    var asks: UInt64 = 0
    var units: UInt64 = 0
  }

  mutating func refuse(_ event: Event, _ group: EventColumns.Refusals, _ index: Int) {
    let (item, asks, units) = (group.items[index], group.asks[index], group.units[index])
    if let item, Int(item.rawValue) >= items.count {
      violations.report(.unknownItem, event.sequence, "item \(item.rawValue) does not exist yet")
    }
    if asks == 0 || units < asks {
      violations.report(.refusalForm, event.sequence, "\(asks) asks for \(units) units are said to have been refused")
    }
    let place = RefusedPlace(item: item.map { Int($0.rawValue) } ?? -1, cause: group.causes[index])
    if refused[place] != nil || refused.count < Fold.mostRefused {
      refused[place, default: Refused()].asks &+= asks
      refused[place, default: Refused()].units &+= units
    }
    judgeStep(event)
  }

  /// The items of which most was refused, those first.
  func refusedDemand(_ limit: Int) -> [RefusedDemand] {
    guard limit > 0 else { return [] }
    var demand: [Int: RefusedDemand] = [:]
    for (place, refused) in refused {
      let names = place.item < 0 ? nil : items.names(place.item)
      var one =
        demand[place.item]
        ?? RefusedDemand(sku: names?.sku, location: names?.location, asks: 0, insufficient: 0, limited: 0)
      one.asks &+= refused.asks
      if place.cause == RefusalCause.limit.rawValue {
        one.limited &+= refused.units
      } else {
        one.insufficient &+= refused.units
      }
      demand[place.item] = one
    }
    return demand.sorted { ($1.value.units, $0.key) < ($0.value.units, $1.key) }.prefix(limit).map(\.value)
  }

  /// Items and causes that are told apart, so that a forged log takes no more memory than that.
  static let mostRefused = 1 << 20
}

/// What was refused, and why; −1: further items.
struct RefusedPlace: Hashable {
  var item: Int
  var cause: UInt8
}
