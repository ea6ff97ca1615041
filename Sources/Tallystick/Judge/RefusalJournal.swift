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

  /// Items and causes that are told apart: some 300 KiB.
  static let mostEntries = 4_096
  /// Milliseconds from one telling to the next in a frame of its own.
  static let patience: Int64 = 10_000
  /// Rows in such a frame: some 10 KiB.
  static let mostRows = 1_024
  /// A row takes some 6 bytes of a frame, an event at least 2.4.
  private static let eventsOfRow = 24

  /// Those that are not told yet, behind the first ``told``, which are.
  private var kept: [Entry] = []
  private var told = 0
  /// Of each item and cause, how many entries came before its own since the journal began.
  private var places: [UInt64: Int] = [:]
  /// How many entries came before the first of ``kept``.
  private var before = 0
  /// What was refused last: most of a crowd asks for one thing.
  private var latest: (place: UInt64, entry: Int) = (.max, 0)

  var isEmpty: Bool { told == kept.count }
  /// In the order in which they came.
  var entries: ArraySlice<Entry> { kept[told...] }

  /// How many rows may be told in a frame of so many events; one that is written anyway has room for one.
  static func rows(beside events: Int) -> Int { 1 + events / eventsOfRow }

  mutating func note(_ item: ItemNumber, _ cause: RefusalCause, units: Int64, at time: Int64) {
    let place = RefusalJournal.place(item, cause)
    let index = place == latest.place ? latest.entry - before : self.index(of: place, item, cause)
    let most = UInt64(Limits.maxQuantity)
    kept[index].asks = min(kept[index].asks + 1, most)
    kept[index].units = min(kept[index].units + UInt64(clamping: units), most)
    kept[index].last = time
  }

  /// Where an item's entry is, or that of further items; made if there is none.
  private mutating func index(of place: UInt64, _ item: ItemNumber, _ cause: RefusalCause) -> Int {
    var entry = places[place]
    var (item, place) = (Optional(item), place)
    if entry == nil, entries.count >= RefusalJournal.mostEntries {
      item = nil
      place = RefusalJournal.place(nil, cause)
      entry = places[place]
    }
    let found = entry ?? before + kept.count
    if entry == nil {
      places[place] = found
      kept.append(Entry(item: item, cause: cause, asks: 0, units: 0, last: 0))
    }
    latest = (place, found)
    return found - before
  }

  private static func place(_ item: ItemNumber?, _ cause: RefusalCause) -> UInt64 {
    UInt64(item?.rawValue ?? .max) << 8 | UInt64(cause.rawValue)
  }

  /// Forgets the first of them, and gives them.
  mutating func removeFirst(_ count: Int) -> [Entry] {
    let first = Array(entries.prefix(count))
    told += first.count
    for entry in first { places[RefusalJournal.place(entry.item, entry.cause)] = nil }
    latest.place = .max
    if told * 2 >= kept.count {
      kept.removeFirst(told)
      before += told
      told = 0
    }
    return first
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
