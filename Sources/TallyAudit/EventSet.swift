/// Some events of the log by their places in it: a bit for each event up to the last of them.
struct EventSet: ~Copyable {
  private var words = FlatMemory<UInt64>()

  /// - Parameter ordinal: the event's place in the log; not far above those before.
  @inline(__always)
  mutating func insert(_ ordinal: Int) {
    while words.count <= ordinal >> 6 { words.append(0) }
    words.pointer(ordinal >> 6).pointee |= 1 << UInt64(ordinal & 63)
  }

  @inline(__always)
  func contains(_ ordinal: Int) -> Bool {
    ordinal >> 6 < words.count && words[ordinal >> 6] >> UInt64(ordinal & 63) & 1 == 1
  }

  /// A bit for each event; 64 events a word.
  var wordCount: Int { words.count }
  func forEachWord<E>(_ body: (UInt64) throws(E) -> Void) throws(E) {
    for word in 0..<words.count { try body(words[word]) }
  }

  /// Adds a word that ``forEachWord(_:)`` gave, behind those that are there.
  mutating func append(word bits: UInt64) { words.append(bits) }

  /// Bytes that may be asked for when the events up to `count` follow.
  func growth(to count: Int) -> Int { words.growth(by: max(0, (count + 63) >> 6 - words.count)) }
}
