import TallyFormat

extension Forgery {
  /// Reservations that hold again what they had not let go, or what is not there.
  static let reopenings: [Forgery] = [
    Forgery(.unknownReservation, at: 4) { $0.reopen(3, [(0, 1)], id: "a") },
    Forgery(.unknownReservation, at: 4) { $0.reopen(9, [(0, 1)], id: "a") },
    Forgery(.reopenedOtherwise, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.reopen(4, [(0, 1)])
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.released, 4, [(0, 1)])
      $0.reopen(4, [(0, 1)])
    },
    // Of what was sold, whole or in part.
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4)
      $0.reopen(4, [(0, 1)])
    },
    Forgery(.reopenedOtherwise, at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.committed, 4, [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)])
    },
    // More, less, and something else.
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 3)])
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 2), (1, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 2)])
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(1, 1)])
    },
    // As it was reserved, and not as it was amended.
    Forgery(.reopenedOtherwise, at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.amend(4, [(0, 3)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 2)])
    },
    // Another's, and as if it had been made at another time.
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)], id: "b")
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 1)], customer: "c")
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)])
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)], made: 999)
    },
    // What is not there any more, is set aside, or is more than a customer may have.
    Forgery(.oversold, at: 7) {
      $0.reserve("a", [(0, 6)])
      $0.settle(.released, 4)
      $0.reserve("b", [(0, 5)])
      $0.reopen(4, [(0, 6)])
    },
    Forgery(.floorPassed, at: 7) {
      $0.reserve("a", [(0, 6)])
      $0.settle(.released, 4)
      $0.floor(0, 5)
      $0.reopen(4, [(0, 6)])
    },
    Forgery(.limitExceeded, at: 8) {
      $0.limit(0, 3)
      $0.reserve("a", [(0, 2)], customer: "c")
      $0.settle(.released, 5)
      $0.reserve("b", [(0, 2)], customer: "c")
      $0.reopen(5, [(0, 2)], customer: "c")
    },
    Forgery(.limitWithoutCustomer, at: 7) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.limit(0, 3)
      $0.reopen(4, [(0, 1)])
    },
    // It is open once, and expires at its new time.
    Forgery(.settledTwice, at: 8) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)])
      $0.settle(.committed, 4)
      $0.settle(.committed, 4)
    },
    Forgery(.expiryEarly, at: 7) {
      $0.reserve("a", [(0, 1)], timeToLive: 5)
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)], timeToLive: 20)
      $0.time += 5
      $0.expire(4)
    },
    Forgery(.expiryLate, at: 7) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)], timeToLive: 20)
      $0.time += 20
      $0.receive([(0, 1)])
    },
    Forgery(.overflow, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 1)], timeToLive: Limits.maxQuantity)
    },
    Forgery(.quantityRange, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 0)])
    },
    Forgery(.keyContent, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.swapsContents = true
      $0.reopen(4, [(0, 1)], key: "k")
    },
    Forgery(.stepForm, at: 7) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.item("pot")
      $0.reopen(4, [(0, 1)])
    },
  ]
}
