import TallyFormat

extension Forgery {
  /// Reservations in line: somebody overtakes, is served late, with what there is not, or not at all.
  static let waiting: [Forgery] = [
    // A newcomer takes what somebody waits for.
    Forgery(.overtaking, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.overtaking, at: 5) {
      $0.wait("w", [(0, 11), (1, 1)])
      $0.reserve("a", [(1, 5)])
    },
    Forgery(.overtaking, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.reserve("a", [(1, 2)])
      $0.reserve("b", [(0, 1), (1, 1)], customer: "c")
    },
    // In one batch with the one who waits.
    Forgery(.overtaking, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.goesOn()
      $0.reserve("a", [(0, 10)])
    },
    // The second is served before the first, who could be; and where only the second's want is there.
    Forgery(.overtaking, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.wait("x", [(0, 1)])
      $0.receive([(0, 2)])
      $0.fill(5)
    },
    Forgery(.overtaking, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.wait("x", [(0, 1)])
      $0.fill(5)
    },
    // The first is blocked on another item, and still has its place in this line.
    Forgery(.overtaking, at: 7) {
      $0.wait("w", [(0, 5), (1, 6)])
      $0.wait("x", [(0, 8)])
      $0.receive([(0, 2)])
      $0.fill(5)
    },
    // With more than there is, at once and when some of it has come.
    Forgery(.filledWithoutStock, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.fill(4)
    },
    Forgery(.filledWithoutStock, at: 6) {
      $0.wait("w", [(0, 11), (1, 6)])
      $0.receive([(0, 9)])
      $0.fill(4)
    },
    // Late: after another event, at another time, or after an expiry of a later time.
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.receive([(0, 1)])
      $0.receive([(1, 1)])
    },
    Forgery(.fillingLate, at: 7) {
      $0.reserve("a", [(0, 5)])
      $0.wait("w", [(0, 6)])
      $0.settle(.released, 4)
      $0.settle(.committed, 4)
    },
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.receive([(0, 1)])
      $0.time += 1
      $0.fill(4)
    },
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 11)], for: 5)
      $0.receive([(0, 1)])
      $0.time += 5
      $0.expire(4)
    },
    Forgery(.fillingLate, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.wait("x", [(0, 3)])
      $0.settle(.released, 4)
      $0.limit(0, 5)
    },
    Forgery(.fillingLate, at: 7) {
      $0.reserve("a", [(0, 8)], timeToLive: 5)
      $0.wait("w", [(0, 10)])
      $0.time += 5
      $0.expire(4)
      $0.receive([(1, 1)])
    },
    Forgery(.fillingLate, at: 8) {
      $0.wait("w", [(0, 11)])
      $0.wait("x", [(0, 1)])
      $0.receive([(0, 2)])
      $0.fill(4)
      $0.receive([(0, 1)])
    },
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.adjust(0, by: 1)
      $0.batch("b", [(4, true)])
    },
    // What could be held at once waits no longer than an event.
    Forgery(.fillingLate, at: 5) {
      $0.wait("w", [(0, 1)])
      $0.receive([(1, 1)])
    },
    // A filling of what does not wait.
    Forgery(.notWaiting, at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.fill(4)
    },
    Forgery(.notWaiting, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.receive([(0, 1)])
      $0.fill(4)
      $0.fill(4)
    },
    Forgery(.settledTwice, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.settle(.released, 4)
      $0.fill(4)
    },
    Forgery(.unknownReservation, at: 4) { $0.fill(3) },
    Forgery(.unknownReservation, at: 4) { $0.fill(9) },
    // What waits holds nothing.
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.settle(.committed, 4)
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.settle(.released, 4, [(0, 1)])
    },
    Forgery(.stepForm, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -11 + 10, policy: 1)
    },
    // Ends.
    Forgery(.expiryLate, at: 5) {
      $0.wait("w", [(0, 11)], for: 5)
      $0.time += 5
      $0.receive([(1, 1)])
    },
    Forgery(.expiryLate, at: 7) {
      $0.reserve("a", [(0, 5)], timeToLive: 5)
      $0.wait("w", [(0, 6)], for: 5)
      $0.time += 5
      $0.expire(4)
      $0.fill(5)
    },
    Forgery(.expiryEarly, at: 5) {
      $0.wait("w", [(0, 11)], for: 5)
      $0.time += 4
      $0.expire(4)
    },
    // The hold's time begins when it is filled.
    Forgery(.expiryEarly, at: 7) {
      $0.wait("w", [(0, 11)], timeToLive: 5)
      $0.time += 3
      $0.receive([(0, 1)])
      $0.fill(4)
      $0.time += 4
      $0.expire(4)
    },
    Forgery(.expiryLate, at: 7) {
      $0.wait("w", [(0, 11)], timeToLive: 5)
      $0.receive([(0, 1)])
      $0.fill(4)
      $0.time += 5
      $0.receive([(0, 1)])
    },
    // Numbers, names and lines.
    Forgery(.overflow, at: 4) { $0.wait("w", [(0, 11)], for: Limits.maxQuantity) },
    Forgery(.overflow, at: 4) { $0.wait("w", [(0, 11)], timeToLive: Limits.maxQuantity) },
    Forgery(.overflow, at: 5) {
      $0.wait("w", [(0, Limits.maxQuantity)])
      $0.wait("x", [(0, 1)])
    },
    Forgery(.quantityRange, at: 4) { $0.wait("w", [(0, 0)]) },
    Forgery(.unknownItem, at: 4) { $0.wait("w", [(7, 1)]) },
    Forgery(.lineOrder, at: 4) { $0.wait("w", [(1, 9), (0, 11)]) },
    Forgery(.nameForm, at: 4) { $0.wait("w\u{7}", [(0, 11)]) },
    Forgery(.idReused, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.wait("w", [(0, 11)])
    },
    Forgery(.idReused, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.reserve("w", [(1, 1)])
    },
    // It counts against a limit as if it held.
    Forgery(.limitExceeded, at: 6) {
      $0.limit(0, 12)
      $0.wait("w", [(0, 11)], customer: "c")
      $0.wait("x", [(0, 2)], customer: "c")
    },
    Forgery(.limitWithoutCustomer, at: 5) {
      $0.limit(0, 12)
      $0.wait("w", [(0, 11)])
    },
    // A filling is a step of its own.
    Forgery(.stepForm, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.receive([(0, 1)])
      $0.fill(4)
      $0.goesOn()
      $0.receive([(1, 1)])
    },
  ]
}
