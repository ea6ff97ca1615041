import Tallystick

/// The answer that the contract demands, as far as it does.
enum Expected {
  struct Short {
    var item: ItemName
    var asked: Int64
    var available: Int64
  }

  /// - Parameters:
  ///   - released: what an adjustment has taken of whom.
  ///   - registered: items that the answer names as new, in any order.
  case accepted(
    UInt64, results: [EventColumns.BatchResult], released: [ReleasedHold] = [], registered: Set<ItemName> = [],
    details: [Int: Acceptance] = [:])
  /// Accepted to stand in line.
  case waits(UInt64)
  /// - Parameter holds: of a `reserve`: something is still held for it.
  case repeated(
    UInt64, ReservationState?, holds: Bool?, results: [EventColumns.BatchResult], details: [Int: Acceptance] = [:])
  /// - Parameter guilty: the items that are reason enough; the answer names one of them.
  case rejected(Rejection.Reason, at: UInt64, short: [Short], guilty: Set<ItemName>, index: Int?)
  case invalid

  func matches(_ outcome: Outcome) -> Bool {
    switch (self, outcome) {
    case (.accepted(let sequence, let results, let released, let registered, let details), .accepted(var answer)):
      guard Set(answer.registered) == registered, answer.registered.count == registered.count else { return false }
      Expected.sort(&answer)
      for index in answer.details.keys { Expected.sort(&answer.details[index]!) }
      var wanted = Acceptance(
        sequence: sequence, released: released, results: results, registered: answer.registered)
      wanted.details = details
      return answer == wanted
    case (.waits(let sequence), .accepted(let answer)):
      return answer == Acceptance(sequence: sequence, state: .waiting)
    case (.repeated(let sequence, let state, let holds, let results, let details), .repeated(let answer)):
      var wanted = Acceptance(sequence: sequence, state: state, holds: holds, results: results)
      wanted.details = details
      return answer == wanted
    case (.rejected(let reason, let sequence, let short, let guilty, let index), .rejected(let answer)):
      guard answer.reason == reason, answer.atSequence == sequence, answer.index == index else { return false }
      if guilty.isEmpty ? answer.item != nil : !guilty.contains(answer.item ?? ItemName(sku: "")) { return false }
      return Expected.same(short, answer.short)
    case (.invalid, .invalid(let words)): return !words.isEmpty
    default: return false
    }
  }

  private static func sort(_ answer: inout Acceptance) {
    for index in answer.released.indices { answer.released[index].lines.sort { $0.item < $1.item } }
  }

  /// In any order. Where the lines add up to more than a quantity can be, the answer says so in its own way.
  private static func same(_ expected: [Short], _ answered: [Rejection.Shortage]) -> Bool {
    guard expected.count == answered.count else { return false }
    return expected.allSatisfy { short in
      answered.contains {
        $0.item == short.item && $0.available == short.available
          && ($0.asked == short.asked || short.asked > Limits.maxQuantity && $0.asked > short.available)
      }
    }
  }
}
