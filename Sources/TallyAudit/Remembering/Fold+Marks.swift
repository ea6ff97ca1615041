import TallyFormat

/// Two bits an event that the state does not say: which events made reservations, whatever has become of them, and which
/// settled all of one.
extension Fold {
  /// Goes on behind the marks of an earlier audit, before anything is added.
  ///
  /// - Parameter events: that audit's.
  mutating func goOn(_ earlier: EarlierMarks, events: Int) throws(MalformedBytes) {
    let tail = earlier.marks.tail
    guard tail.count == MarkPage.words, (0..<MarkPage.events).contains(events - earlier.events) else {
      throw MalformedBytes("has marks of other events")
    }
    wholeSettlements.goOn(behind: earlier, .settledWhole, tail[MarkPage.wordsASet...])
    open.goOn(behind: earlier, tail[..<MarkPage.wordsASet])
  }
}
