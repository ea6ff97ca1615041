import TallyFormat

/// From which locations a SKU is taken first. What a reservation took of them is not judged: its event says what was taken,
/// and not that it was asked for at any location.
extension Fold {
  mutating func setPreference(_ event: Event, _ group: EventColumns.PreferenceSettings, _ index: Int) {
    let item = Int(group.items[index].rawValue)
    if isKnown(item, event) {
      let lines = group.places[index]
      var isWhole = true
      var previous: Int64 = -1
      for line in lines {
        if !admits(line, after: previous, event) { isWhole = false }
        previous = Int64(line.item.rawValue)
      }
      if isWhole {
        let places = lines.sorted { $0.quantity < $1.quantity }
        judgePreference(event, item, places)
        items.setPreference(Name(bytes: Array(items.sku(item))), places.map { Int($0.item.rawValue) })
      }
    }
    judgeStep(event, key: group.keys, index)
  }

  /// - Parameter places: by their places.
  private mutating func judgePreference(_ event: Event, _ item: Int, _ places: [LineEntry]) {
    for (index, place) in places.enumerated() {
      let other = Int(place.item.rawValue)
      if items.sku(other) != items.sku(item) {
        violations.report(
          .preferenceForm, event.sequence, item: items.names(other), "an item of another SKU among the locations")
      }
      if place.quantity != Int64(index + 1) {
        violations.report(
          .preferenceForm, event.sequence, item: items.names(other),
          "it has place \(place.quantity), where place \(index + 1) is due")
      }
    }
  }
}
