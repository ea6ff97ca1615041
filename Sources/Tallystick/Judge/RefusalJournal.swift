/// What was refused since it was last told in the log: how often, and for how many units, item by item.
///
/// What is told waits for frames that are written anyway, a few rows each (``rows(beside:)``), so that a crowd in front of
/// what is sold out adds a tenth to the log's bytes at most, however large it is; where nothing is sold any more, it is told
/// once in ``patience``. It is bounded: beyond ``mostEntries``, further items are counted together.
///
/// A crash forgets what was not told yet. Nobody was told that it was.
struct RefusalJournal: Sendable {
  struct Entry: Sendable, Equatable {
    /// `nil`: further items.
    var item: ItemNumber?
    var cause: RefusalCause
    var asks: UInt64
    var units: UInt64
    /// When the last of them was refused, in Unix milliseconds.
    var last: Int64
  }

  private struct Place: Hashable, Sendable {
    var item: ItemNumber?
    var cause: RefusalCause
  }

  /// Items and causes that are told apart: some 300 KiB.
  static let mostEntries = 4_096
  /// Milliseconds from one telling to the next in a frame of its own.
  static let patience: Int64 = 10_000
  /// Rows in such a frame: some 10 KiB.
  static let mostRows = 1_024
  /// A row takes some 6 bytes of a frame, an event at least 2.4.
  private static let eventsOfRow = 24

  /// In the order in which they came.
  private(set) var entries: [Entry] = []
  private var places: [Place: Int] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// How many rows may be told in a frame of so many events; one that is written anyway has room for one.
  static func rows(beside events: Int) -> Int { 1 + events / eventsOfRow }

  mutating func note(_ item: ItemNumber, _ cause: RefusalCause, units: Int64, at time: Int64) {
    var place = Place(item: item, cause: cause)
    if places[place] == nil, entries.count >= RefusalJournal.mostEntries { place.item = nil }
    guard let index = places[place] else {
      places[place] = entries.count
      entries.append(
        Entry(item: place.item, cause: cause, asks: 1, units: UInt64(clamping: units), last: time))
      return
    }
    let most = UInt64(Limits.maxQuantity)
    entries[index].asks = min(entries[index].asks + 1, most)
    entries[index].units = min(entries[index].units + UInt64(clamping: units), most)
    entries[index].last = time
  }

  /// Forgets the first of them, and gives them.
  mutating func removeFirst(_ count: Int) -> [Entry] {
    let told = Array(entries.prefix(count))
    entries.removeFirst(told.count)
    places.removeAll(keepingCapacity: true)
    for (index, entry) in entries.enumerated() { places[Place(item: entry.item, cause: entry.cause)] = index }
    return told
  }
}

extension Judge {
  /// Remembers that units of an item were refused, where the log keeps that. Not those of a line at any location, of which
  /// no one item was short.
  @inline(__always) mutating func noteRefusal(_ line: LineEntry, _ cause: RefusalCause) {
    refusals?.note(line.item, cause, units: line.quantity, at: judgedTime)
  }

  /// Tells what was refused, in rows that are steps of their own and change nothing: they have the last event's time, so
  /// that a command with a time of its own is judged as if nobody had been refused before it.
  ///
  /// Everything due must have expired, and everybody been served whose turn it is.
  mutating func tellRefusals(atMost count: Int, into events: inout EventColumns) {
    guard let told = refusals?.removeFirst(count) else { return }
    for entry in told {
      events.appendRefusal(
        entry.item, entry.cause, asks: entry.asks, units: entry.units,
        delay: entry.last - state.lastTime, time: state.lastTime)
      foldLast(&events)
    }
  }
}
