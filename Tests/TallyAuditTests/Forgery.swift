import TallyFormat
import Testing

/// One broken rule: how to forge it, its name, and the event that breaks it.
///
/// Every forgery begins after events 1 to 3: item 0 "tea" with 10 and item 1 "cup" with 5 on hand.
struct Forgery: Sendable, CustomTestStringConvertible {
  let rule: Rule
  let sequence: UInt64
  let forge: @Sendable (ForgedLog) throws -> Void
  var testDescription: String { "\(rule.rawValue) at event \(sequence)" }

  init(_ rule: Rule, at sequence: UInt64, _ forge: @escaping @Sendable (ForgedLog) throws -> Void) {
    self.rule = rule
    self.sequence = sequence
    self.forge = forge
  }

  static let all =
    stock + floors + recipes + preferences + consumers + refusals + reopenings + names + holds + frames + steps
    + releases
    + contents + batchContents
    + repeats + alterations + waiting + waitingAltered

  /// Quantities and items.
  private static let stock: [Forgery] = [
    // Oversold by one: in one cart, in two, and by a stock-take below what is held.
    Forgery(.oversold, at: 4) { $0.reserve("a", [(0, 11)]) },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 10)])
      $0.reserve("b", [(0, 1)])
    },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 8)])
      $0.adjust(0, by: -3)
    },
    Forgery(.oversold, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 3)
    },
    Forgery(.oversold, at: 4) { $0.reserve("a", [(0, 1), (1, 6)]) },
    Forgery(.negativeOnHand, at: 4) { $0.adjust(0, by: -11) },
    Forgery(.overflow, at: 4) { $0.receive([(0, Limits.maxQuantity)]) },
    Forgery(.overflow, at: 4) { $0.receive([(0, Limits.maxQuantity)], isReturn: true) },
    Forgery(.overflow, at: 4) { $0.adjust(0, by: Limits.maxQuantity) },
    Forgery(.overflow, at: 6) {
      $0.item("tea", "berlin")
      $0.receive([(2, Limits.maxQuantity)])
      $0.transfer(0, 2, 1)
    },
    Forgery(.overflow, at: 4) { $0.reserve("a", [(0, 1)], timeToLive: Limits.maxQuantity) },
    Forgery(.quantityRange, at: 4) { $0.reserve("a", [(0, 0)]) },
    Forgery(.quantityRange, at: 4) { $0.reserve("a", [(0, 0), (1, 1)]) },
    Forgery(.quantityRange, at: 4) { $0.reserve("a", [(0, 1), (1, Limits.maxQuantity + 1)]) },
    Forgery(.quantityRange, at: 4) { $0.receive([(0, 0)]) },
    Forgery(.quantityRange, at: 4) { $0.receive([(0, Limits.maxQuantity + 1)]) },
    Forgery(.quantityRange, at: 4) { $0.adjust(0, by: 0) },
    Forgery(.quantityRange, at: 4) { $0.adjust(0, by: Limits.maxQuantity + 1) },
    Forgery(.quantityRange, at: 4) { $0.adjust(0, by: -Limits.maxQuantity - 1) },
    Forgery(.quantityRange, at: 5) {
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 0)
    },
    Forgery(.lineOrder, at: 4) { $0.reserve("a", [(1, 1), (0, 1)]) },
    Forgery(.lineOrder, at: 4) { $0.reserve("a", [(0, 1), (0, 1)]) },
    Forgery(.lineOrder, at: 4) { $0.receive([(1, 1), (0, 1)]) },
    Forgery(.lineOrder, at: 4) { $0.receive([(0, 1), (0, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.receive([(7, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.receive([(.max, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.reserve("a", [(7, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.reserve("a", [(0, 1), (7, 1)]) },
    Forgery(.unknownItem, at: 4) { $0.adjust(7, by: 1) },
    Forgery(.unknownItem, at: 4) { $0.limit(7, 1) },
    Forgery(.unknownItem, at: 4) { $0.transfer(0, 7, 1) },
    Forgery(.unknownItem, at: 4) { $0.transfer(7, 0, 1) },
    Forgery(.itemRegisteredTwice, at: 4) {
      $0.item("tea")
      $0.receive([(0, 1)])
    },
    Forgery(.transferToItself, at: 4) { $0.transfer(0, 0, 1) },
    Forgery(.limitExceeded, at: 5) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 3)], customer: "c")
    },
    Forgery(.limitExceeded, at: 7) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 2)], customer: "c")
      $0.settle(.committed, 5)
      $0.reserve("b", [(0, 1)], customer: "c")
    },
    Forgery(.limitExceeded, at: 5) {
      $0.limit(0, 0)
      $0.reserve("a", [(0, 1)], customer: "c")
    },
    Forgery(.limitWithoutCustomer, at: 5) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.limitWithoutCustomer, at: 5) {
      $0.limit(0, 0)
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.limitWithoutCustomer, at: 5) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 1), (1, 1)])
    },
  ]

  /// Ids, keys and texts.
  private static let names: [Forgery] = [
    Forgery(.idReused, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.idReused, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.idReused, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.receive([(0, 1)], key: "a")
    },
    Forgery(.idReused, at: 5) {
      $0.receive([(0, 1)], key: "k")
      $0.receive([(0, 1)], key: "k")
    },
    Forgery(.idReused, at: 5) {
      $0.receive([(0, 1)], key: "k")
      $0.reserve("k", [(0, 1)])
    },
    Forgery(.idReused, at: 6) {
      $0.receive([(0, 1)], key: "k")
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("k", [(5, false)])
    },
    Forgery(.nameForm, at: 4) { $0.reserve("a\u{7}", [(0, 1)]) },
    Forgery(.nameForm, at: 4) { $0.reserve("", [(0, 1)]) },
    Forgery(.nameForm, at: 4) { $0.reserve(Name(bytes: [0xFF]), [(0, 1)]) },
    Forgery(.nameForm, at: 4) { $0.reserve("a", [(0, 1)], customer: "c\u{85}") },
    Forgery(.nameForm, at: 4) { $0.receive([(0, 1)], key: "k\n") },
    Forgery(.nameForm, at: 4) { $0.receive([(0, 1)], reference: "PO\t7") },
    Forgery(.nameForm, at: 4) { $0.receive([(0, 1)], reference: "PO\t7", isReturn: true) },
    Forgery(.nameForm, at: 4) { $0.adjust(0, by: 1, reason: "\u{1b}[31m") },
    Forgery(.nameForm, at: 4) {
      $0.item("")
      $0.receive([(2, 1)])
    },
    Forgery(.nameForm, at: 4) {
      $0.item("tea", "ber\u{0}lin")
      $0.receive([(2, 1)])
    },
  ]

  /// Reservations and what becomes of them.
  private static let holds: [Forgery] = [
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4)
      $0.settle(.committed, 4)
    },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4)
      $0.settle(.released, 4)
    },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.settle(.committed, 4)
      try $0.frame()
      $0.time += 100
      $0.expire(4)
    },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      try $0.frame()
      $0.time += 100
      $0.expire(4)
      $0.settle(.committed, 4)
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4, [(0, 2)])
    },
    Forgery(.settledBeyondOpen, at: 6) {
      $0.reserve("a", [(0, 3)])
      $0.settle(.committed, 4, [(0, 2)])
      $0.settle(.released, 4, [(0, 2)])
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4, [(1, 1)])
    },
    Forgery(.quantityRange, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4, [(0, 0)])
    },
    Forgery(.lineOrder, at: 5) {
      $0.reserve("a", [(0, 1), (1, 1)])
      $0.settle(.released, 4, [(1, 1), (0, 1)])
    },
    Forgery(.lineOrder, at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.released, 4, [(0, 1), (0, 1)])
    },
    // Of an event to come, of itself, and of an event that is no reservation: in the same frame and in one before.
    Forgery(.unknownReservation, at: 4) { $0.settle(.committed, 99) },
    Forgery(.unknownReservation, at: 4) { $0.settle(.released, 4) },
    Forgery(.unknownReservation, at: 4) { $0.settle(.committed, 3) },
    Forgery(.unknownReservation, at: 4) {
      try $0.frame()
      $0.settle(.committed, 1)
    },
    Forgery(.unknownReservation, at: 4) { $0.expire(2) },
    Forgery(.expiryEarly, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.expire(4)
    },
    Forgery(.expiryEarly, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.expire(4)
    },
    Forgery(.expiryEarly, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.time += 99
      $0.expire(4)
    },
    Forgery(.expiryLate, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.time += 100
      $0.receive([(0, 1)])
    },
    Forgery(.expiryLate, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.time += 100
      $0.settle(.committed, 4)
    },
    // Of two that are due at one time the earlier comes first.
    Forgery(.expiryLate, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.reserve("b", [(0, 1)], timeToLive: 100)
      $0.time += 100
      $0.expire(5)
    },
    // Out of order: the one that is due first comes first.
    Forgery(.expiryLate, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.reserve("b", [(0, 1)], timeToLive: 50)
      $0.time += 100
      $0.expire(4)
    },
  ]

  /// What binds frames together.
  private static let frames: [Forgery] = [
    Forgery(.sequenceGap, at: 5) {
      try $0.frame(next: 5)
      $0.receive([(0, 1)])
    },
    Forgery(.sequenceGap, at: 3) {
      try $0.frame(next: 3)
      $0.receive([(0, 1)])
    },
    // Without events: there is nothing that a fold could find.
    Forgery(.sequenceGap, at: 9) {
      try $0.frame(next: 9)
    },
    Forgery(.epochBackwards, at: 4) {
      try $0.frame(epoch: 3)
      $0.receive([(0, 1)])
    },
    Forgery(.timeBackwards, at: 4) {
      try $0.frame()
      $0.time -= 1
      $0.receive([(0, 1)])
    },
  ]
}
