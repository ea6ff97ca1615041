/// The rules that every event of a log keeps. The raw values are the stable names that the verifier and a refusing
/// writer report.
public enum Rule: String, CaseIterable, Sendable, Error {
  /// A frame that does not begin with the sequence number after the one before.
  case sequenceGap = "sequence-gap"
  /// A frame by a writer that was already replaced.
  case epochBackwards = "epoch-backwards"
  /// A name or text that is none: wrong length, control characters, not UTF-8.
  case nameForm = "name-form"
  /// A quantity outside 1 … 2^53 − 1.
  case quantityRange = "quantity-range"
  /// Lines that do not ascend strictly by item number.
  case lineOrder = "line-order"
  /// An event with an earlier time than the one before.
  case timeBackwards = "time-backwards"
  /// A (SKU, location) pair registered twice.
  case itemRegisteredTwice = "item-registered-twice"
  /// An item number that was not registered by then.
  case unknownItem = "unknown-item"
  /// Held beyond what was on hand.
  case oversold = "oversold"
  /// On hand below 0.
  case negativeOnHand = "negative-on-hand"
  /// Held below 0.
  case negativeHeld = "negative-held"
  /// On hand, or the time at which a hold expires, beyond 2^53 − 1.
  case overflow = "overflow"
  /// A reservation id or key used before.
  case idReused = "id-reused"
  /// A settlement of a reservation that was never made.
  case unknownReservation = "unknown-reservation"
  /// A closed reservation settled again.
  case settledTwice = "settled-twice"
  /// More of a line settled than is open, or a line that the reservation does not have.
  case settledBeyondOpen = "settled-beyond-open"
  /// More has come back of an order than it had sold, or of an order that is another's.
  case returnedBeyondSold = "returned-beyond-sold"
  /// A reservation that was open, or of which something was sold, reopened; or one as it was not.
  case reopenedOtherwise = "reopened-otherwise"
  /// A hold expired before its time, or one that never does.
  case expiryEarly = "expiry-early"
  /// A due hold still open when another event appears, or expired out of order.
  case expiryLate = "expiry-late"
  /// A customer holds or has bought more of an item than its limit.
  case limitExceeded = "limit-exceeded"
  /// A reservation without a customer of an item that has a limit.
  case limitWithoutCustomer = "limit-without-customer"
  /// A reservation or a transfer of units below an item's floor.
  case floorPassed = "floor-passed"
  /// What others had waited for before: by a reservation that did not wait, or by one filled before its turn.
  case overtaking = "overtaking"
  /// Another event while a waiting reservation could be filled, or a filling after its time.
  case fillingLate = "filling-late"
  /// A waiting reservation filled with more than there was.
  case filledWithoutStock = "filled-without-stock"
  /// A filling of what does not wait.
  case notWaiting = "not-waiting"
  /// A reservation of an item with a recipe that does not take just what the recipe says, or an alteration that takes
  /// more of such an item.
  case partsNotTaken = "parts-not-taken"
  /// A recipe of too many parts, with the item itself or something with a recipe among them, or of a part.
  case recipeForm = "recipe-form"
  /// A stated order of locations with another SKU among them, or whose places are not 1 … n.
  case preferenceForm = "preference-form"
  /// A consumer's position that is not beyond the one before.
  case acknowledgedBackwards = "acknowledged-backwards"
  /// A position that is not before the event that says it.
  case acknowledgedAhead = "acknowledged-ahead"
  /// A consumer forgotten that there was not.
  case unknownConsumer = "unknown-consumer"
  /// More consumers than there may be.
  case consumerLimit = "consumer-limit"
  /// Refusals that are not of at least one ask, or of fewer units than asks.
  case refusalForm = "refusal-form"
  /// A transfer to where it comes from.
  case transferToItself = "transfer-to-itself"
  /// A digest behind a key that is not that of the content of the event's command.
  case keyContent = "key-content"
  /// Events in one atomic step that no command makes.
  case stepForm = "step-form"
}
