/// Who reads the log and says how far: few, and most logs have none.
struct ConsumerTable: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    /// The last event that it has handled; 0: none yet.
    var position: UInt64
    /// The event that said so.
    var lastChange: UInt64
  }

  private var entries: [Name: Entry] = [:]
  /// The last event that was about consumers.
  private(set) var lastOwn: UInt64 = 0
  /// The last one before it that was about something else.
  private(set) var lastOther: UInt64 = 0

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  subscript(name: Name) -> Entry? { entries[name] }

  /// By name.
  var sorted: [(name: Name, entry: Entry)] {
    entries.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
  }

  /// The last event that a consumer is told of, about: behind it there are only such as are about consumers.
  ///
  /// - Parameter last: the last event.
  func lastTold(before last: UInt64) -> UInt64 { last == lastOwn ? lastOther : last }

  /// - Parameter sequence: of the event that says it.
  mutating func acknowledge(_ name: Name, _ position: UInt64, at sequence: UInt64) {
    note(sequence)
    entries[name] = Entry(position: position, lastChange: sequence)
  }

  /// - Parameter sequence: of the event that says it.
  mutating func forget(_ name: Name, at sequence: UInt64) {
    note(sequence)
    entries[name] = nil
    if entries.isEmpty { (lastOwn, lastOther) = (0, 0) }
  }

  /// An event about consumers.
  private mutating func note(_ sequence: UInt64) {
    if lastOwn != sequence - 1 || lastOwn == 0 { lastOther = sequence - 1 }
    lastOwn = sequence
  }

  /// What a snapshot had.
  init(lastOwn: UInt64, lastOther: UInt64, _ entries: [Name: Entry]) {
    self.entries = entries
    self.lastOwn = lastOwn
    self.lastOther = lastOther
  }

  init() {}
}
