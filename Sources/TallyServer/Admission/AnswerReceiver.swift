import Tallystick

/// Who has asked. Of one event loop, as everything it is called with.
protocol AnswerReceiver: AnyObject {
  /// - Parameter ticket: as it was given with the first of the commands; the others have the next ones.
  func take(_ outcomes: ArraySlice<Outcome>, from ticket: UInt64)
  /// `nil`: there is no such item.
  func take(_ level: StockLevel?, for ticket: UInt64)
  /// `nil`: there is none of that id.
  func take(_ status: ReservationStatus?, for ticket: UInt64)
  /// A question was not answered.
  func take(_ failure: LogFailure, for ticket: UInt64)
  /// What has come together has been given: time to send it.
  func endRound()
  /// Something has been given since the last round's end.
  var hasAnswers: Bool { get set }
}
