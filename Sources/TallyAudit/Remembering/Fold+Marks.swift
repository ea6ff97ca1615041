import TallyFormat

/// Two bits an event that the state does not say: which events made reservations, whatever has become of them, and which
/// settled all of one.
extension Fold {
  /// u64 number of words and the words, twice.
  func writeMarks(to file: HashedFile) throws(FileError) {
    try file.append(UInt64(open.madeWords))
    try open.forEachMadeWord { word throws(FileError) in try file.append(word) }
    try file.append(UInt64(wholeSettlements.wordCount))
    try wholeSettlements.forEachWord { word throws(FileError) in try file.append(word) }
  }

  mutating func readMarks(_ bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    let most = UInt64(events) / 64 + 1
    let made = try reader.u64()
    guard made <= most else { throw MalformedBytes("has more marks than there are events") }
    for word in 0..<Int(made) { open.note(madeWord: try reader.u64(), at: word) }
    open.goOn(behind: events)
    let whole = try reader.u64()
    guard whole <= most else { throw MalformedBytes("has more marks than there are events") }
    for _ in 0..<whole { wholeSettlements.append(word: try reader.u64()) }
    guard reader.remaining == 0 else { throw MalformedBytes("has bytes behind its marks") }
  }
}
