/// Marks of 4,096 events in a row: a bit each for those that made reservations, then a bit each for those that settled all
/// that was open of one; then the tag of all that.
enum MarkPage {
  static let events = 4096
  static let wordsASet = events / 64
  static let words = 2 * wordsASet
  static let bytes = (words + 1) * 8
}

/// Which of an event's marks.
enum Mark: Int {
  case made = 0
  case settledWhole = 1
}
