/// Some events of the log by their places in it: a bit for each event up to the last of them.
///
/// Those that an earlier audit noted stay in its file, and are looked up there.
struct EventSet: ~Copyable {
  private var words = FlatMemory<UInt64>()
  /// The first event that is noted here: a multiple of 64.
  private var origin = 0
  private var earlier: (marks: EarlierMarks, mark: Mark)?

  /// Notes an event, unless that is one of an earlier audit's.
  ///
  /// - Parameter ordinal: the event's place in the log; not far above those before.
  @inline(__always)
  mutating func insert(_ ordinal: Int) {
    let place = ordinal - origin
    guard place >= 0 else { return }
    while words.count <= place >> 6 { words.append(0) }
    words.pointer(place >> 6).pointee |= 1 << UInt64(place & 63)
  }

  @inline(__always)
  func contains(_ ordinal: Int) -> Bool {
    let place = ordinal - origin
    if place < 0 { return wasNoted(ordinal) }
    return place >> 6 < words.count && words[place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  @inline(never)
  private func wasNoted(_ ordinal: Int) -> Bool { earlier.map { $0.marks.contains(ordinal, $0.mark) } ?? false }

  /// The bits of 64 events; 0 for those that are not noted here.
  func word(_ index: Int) -> UInt64 {
    let place = index - origin >> 6
    return place >= 0 && place < words.count ? words[place] : 0
  }

  /// Goes on behind the pages of an earlier audit's marks.
  ///
  /// - Parameter tail: the words of the events behind the pages.
  mutating func goOn(behind marks: EarlierMarks, _ mark: Mark, _ tail: ArraySlice<UInt64>) {
    (origin, earlier) = (marks.events, (marks, mark))
    for word in tail { words.append(word) }
  }

  /// Bytes that may be asked for when so many more events follow.
  func growth(by more: Int) -> Int { words.growth(by: more >> 6 + 1) }

  /// Bytes that may be asked for when the events up to `count` follow.
  func growth(to count: Int) -> Int { words.growth(by: max(0, (count - origin + 63) >> 6 - words.count)) }
}
