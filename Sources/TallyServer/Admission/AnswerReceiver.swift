import Tallystick

/// Who has asked. Of one event loop, as everything it is called with.
protocol AnswerReceiver: AnyObject {
  /// - Parameters:
  ///   - commands: whose answers these are.
  ///   - ticket: as it was given with the first of the commands; the others have the next ones.
  func take(_ answers: CommandAnswers, of commands: Range<Int>, from ticket: UInt64)
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
