import TallyFormat

extension Forgery {
  /// Reservations that are extended, amended, or committed with more than they hold.
  static let alterations: [Forgery] = extensions + amendments + largerCommits + movedHolds

  private static let extensions: [Forgery] = [
    // Of what is not there, and of what is closed.
    Forgery(.unknownReservation, at: 4) { $0.extend(3, 10) },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.released, 4)
      $0.extend(4, 10)
    },
    Forgery(.overflow, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.extend(4, Limits.maxQuantity)
    },
    // A due hold expires before it can be extended, and an extended one not before its new time.
    Forgery(.expiryLate, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.time += 100
      $0.extend(4, 100)
    },
    Forgery(.expiryEarly, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.extend(4, 200)
      $0.time += 100
      $0.expire(4)
    },
    Forgery(.expiryEarly, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 100)
      $0.extend(4, 0)
      $0.time += 100
      $0.expire(4)
    },
    Forgery(.expiryLate, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.extend(4, 100)
      $0.time += 100
      $0.receive([(0, 1)])
    },
    // Two whose order has changed.
    Forgery(.expiryLate, at: 7) {
      $0.reserve("a", [(0, 1)], timeToLive: 10)
      $0.reserve("b", [(0, 1)], timeToLive: 20)
      $0.extend(4, 30)
      $0.time += 30
      $0.expire(4)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.item("pot")
      $0.extend(4, 10)
    },
  ]

  private static let amendments: [Forgery] = [
    Forgery(.unknownReservation, at: 4) { $0.amend(2, [(0, 1)]) },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4)
      $0.amend(4, [(0, 2)])
    },
    // Nothing is open of it when everything has been dropped.
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(0, 0)])
      $0.amend(4, [(0, 1)])
    },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(0, 11)])
    },
    Forgery(.oversold, at: 6) {
      $0.reserve("a", [(0, 3)])
      $0.reserve("b", [(0, 6)])
      $0.amend(4, [(0, 5)])
    },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(0, 2), (1, 6)])
    },
    Forgery(.unknownItem, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(7, 1)])
    },
    Forgery(.unknownItem, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(7, 0)])
    },
    Forgery(.lineOrder, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(1, 1), (0, 1)])
    },
    Forgery(.quantityRange, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.amend(4, [(0, Limits.maxQuantity + 1)])
    },
    Forgery(.limitExceeded, at: 6) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 2)], customer: "c")
      $0.amend(5, [(0, 3)])
    },
    // What was committed counts, and what was amended before.
    Forgery(.limitExceeded, at: 8) {
      $0.limit(0, 3)
      $0.reserve("a", [(0, 1)], customer: "c")
      $0.amend(5, [(0, 2)])
      $0.settle(.committed, 5, [(0, 1)])
      $0.amend(5, [(0, 3)])
    },
    // Of a reservation that is older than the limit, all that it would hold.
    Forgery(.limitExceeded, at: 6) {
      $0.reserve("a", [(0, 2)], customer: "c")
      $0.limit(0, 2)
      $0.amend(4, [(0, 3)])
    },
    Forgery(.limitWithoutCustomer, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.limit(0, 5)
      $0.amend(4, [(0, 3)])
    },
    // What it gives back must be there: all of it settled is not.
    Forgery(.settledBeyondOpen, at: 6) {
      $0.reserve("a", [(0, 3)])
      $0.amend(4, [(0, 1)])
      $0.settle(.committed, 4, [(0, 2)])
    },
    Forgery(.settledBeyondOpen, at: 6) {
      $0.reserve("a", [(0, 1), (1, 1)])
      $0.amend(4, [(1, 0)])
      $0.settle(.released, 4, [(1, 1)])
    },
    Forgery(.overflow, at: 7) {
      $0.reserve("a", [(0, 9)])
      $0.settle(.committed, 4, [(0, 8)])
      $0.receive([(0, Limits.maxQuantity - 2)])
      $0.amend(4, [(0, Limits.maxQuantity - 1)])
    },
  ]

  /// Events 4 to 7: a and b hold 4 and 3 of the 10 tea, and there is a third item, tea in Berlin.
  private static func moving(_ forge: @escaping @Sendable (ForgedLog) -> Void) -> @Sendable (ForgedLog) throws -> Void {
    { log in
      log.reserve("a", [(0, 4)], customer: "c")
      log.reserve("b", [(0, 3), (1, 1)])
      log.item("tea", "berlin")
      log.transfer(0, 2, 1)
      forge(log)
    }
  }

  private static let movedHolds: [Forgery] = [
    Forgery(.oversold, at: 8, moving { $0.transfer(0, 2, 7, with: [(4, 4)], all: false) }),
    Forgery(.settledBeyondOpen, at: 8, moving { $0.transfer(0, 2, 5, with: [(4, 5)], all: false) }),
    Forgery(.settledBeyondOpen, at: 8, moving { $0.transfer(2, 0, 1, with: [(4, 1)], all: false) }),
    Forgery(.quantityRange, at: 8, moving { $0.transfer(0, 2, 3, with: [(4, 4)], all: false) }),
    Forgery(.quantityRange, at: 8, moving { $0.transfer(0, 2, 0, with: [], all: true) }),
    Forgery(.quantityRange, at: 8, moving { $0.transfer(0, 2, 5, with: [(4, 0)], all: true) }),
    Forgery(.lineOrder, at: 8, moving { $0.transfer(0, 2, 7, with: [(5, 3), (4, 4)], all: false) }),
    Forgery(.unknownReservation, at: 8, moving { $0.transfer(0, 2, 7, with: [(3, 4)], all: false) }),
    Forgery(
      .settledTwice, at: 9,
      moving {
        $0.settle(.released, 4)
        $0.transfer(0, 2, 4, with: [(4, 4)], all: false)
      }),
    Forgery(.transferToItself, at: 8, moving { $0.transfer(0, 0, 4, with: [(4, 4)], all: false) }),
    Forgery(.unknownItem, at: 8, moving { $0.transfer(0, 7, 4, with: [(4, 4)], all: false) }),
    // To another SKU; of a named one a part; of nobody; of all not the oldest, a part in the middle, too few, and too little.
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 1, 4, with: [(4, 4)], all: false) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 3, with: [(4, 3)], all: false) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 1, with: [], all: false) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 3, with: [(5, 3)], all: true) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 6, with: [(4, 3), (5, 3)], all: true) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 6, with: [(4, 4)], all: true) }),
    Forgery(.stepForm, at: 8, moving { $0.transfer(0, 2, 2, with: [], all: true) }),
    Forgery(.keyContent, at: 8) {
      $0.swapsContents = true
      try moving { $0.transfer(0, 2, 7, with: [(4, 4), (5, 3)], all: true, key: "k") }($0)
    },
    Forgery(.keyContent, at: 8) {
      $0.swapsContents = true
      try moving { $0.transfer(0, 2, 7, with: [(4, 4), (5, 3)], all: false, key: "k") }($0)
    },
    // It holds nothing any more where it was.
    Forgery(
      .settledBeyondOpen, at: 9,
      moving {
        $0.transfer(0, 2, 4, with: [(4, 4)], all: false)
        $0.settle(.committed, 4, [(0, 1)])
      }),
  ]

  private static let largerCommits: [Forgery] = [
    Forgery(.unknownReservation, at: 4) { $0.commitMore(9, [(0, 1)]) },
    Forgery(.settledTwice, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.commitMore(4, [(0, 2)])
      $0.commitMore(4, [(0, 2)])
    },
    Forgery(.oversold, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.commitMore(4, [(0, 11)])
    },
    Forgery(.oversold, at: 6) {
      $0.reserve("a", [(0, 1)])
      $0.reserve("b", [(0, 8)])
      $0.commitMore(4, [(0, 3)])
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.commitMore(4, [(1, 1)])
    },
    Forgery(.quantityRange, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.commitMore(4, [(0, 0)])
    },
    Forgery(.limitExceeded, at: 6) {
      $0.limit(0, 2)
      $0.reserve("a", [(0, 2)], customer: "c")
      $0.commitMore(5, [(0, 3)])
    },
  ]
}
