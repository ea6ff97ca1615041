import TallyFormat

extension Forgery {
  /// Reservations in line among everything else that changes reservations, and what may not be taken.
  static let waitingAltered: [Forgery] = [
    // What waits can be made to wait for less, and for nothing else.
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 12)])
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 11), (1, 1)])
    },
    Forgery(.settledBeyondOpen, at: 6) {
      $0.wait("w", [(0, 13), (1, 6)])
      $0.amend(4, [(0, 12), (1, 0)])
      $0.amend(4, [(1, 1)])
    },
    Forgery(.unknownItem, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(7, 0)])
    },
    Forgery(.lineOrder, at: 5) {
      $0.wait("w", [(0, 11), (1, 6)])
      $0.amend(4, [(1, 1), (0, 1)])
    },
    Forgery(.settledTwice, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 0)])
      $0.fill(4)
    },
    Forgery(.notWaiting, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 10)])
      $0.fill(4)
      $0.fill(4)
    },
    // With that it, or who comes behind, can be filled.
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 10)])
      $0.receive([(1, 1)])
    },
    Forgery(.fillingLate, at: 7) {
      $0.wait("w", [(0, 11), (1, 6)])
      $0.wait("x", [(1, 5)])
      $0.amend(4, [(1, 0)])
      $0.receive([(0, 1)])
    },
    Forgery(.fillingLate, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.wait("x", [(0, 2)])
      $0.amend(4, [(0, 0)])
      $0.receive([(1, 1)])
    },
    Forgery(.fillingLate, at: 6) {
      $0.wait("w", [(0, 10), (1, 6)])
      $0.amend(4, [(1, 0)])
      $0.receive([(1, 1)])
    },
    // It keeps its place, and what it still waits for.
    Forgery(.overtaking, at: 7) {
      $0.wait("w", [(0, 13)])
      $0.wait("x", [(0, 1)])
      $0.amend(4, [(0, 11)])
      $0.fill(5)
    },
    Forgery(.overtaking, at: 6) {
      $0.wait("w", [(0, 13)])
      $0.amend(4, [(0, 11)])
      $0.reserve("a", [(0, 1)])
    },
    // It gives back to a limit as much as it waits for less.
    Forgery(.limitExceeded, at: 7) {
      $0.limit(0, 12)
      $0.wait("w", [(0, 12)], customer: "c")
      $0.amend(5, [(0, 11)])
      $0.wait("x", [(0, 2)], customer: "c")
    },
    // It has no hold to extend, to move, or to commit more of.
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)], for: 5)
      $0.extend(4, 50)
    },
    Forgery(.settledBeyondOpen, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.commitMore(4, [(0, 1)])
    },
    Forgery(.settledBeyondOpen, at: 7) {
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 1)
      $0.wait("w", [(0, 11)])
      $0.transfer(0, 2, 1, with: [(6, 1)], all: false)
    },
    Forgery(.returnedBeyondSold, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.takeBack(4, [(0, 1)])
    },
    // Who takes more than is held is a newcomer.
    Forgery(.overtaking, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.wait("w", [(0, 9)])
      $0.amend(4, [(0, 3)])
    },
    Forgery(.overtaking, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.wait("w", [(0, 9)])
      $0.commitMore(4, [(0, 3)])
    },
    Forgery(.fillingLate, at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.wait("w", [(0, 9)])
      $0.amend(4, [(0, 1)])
      $0.receive([(1, 1)])
    },
    // What is below the floor is not for the line, until the floor is lowered.
    Forgery(.filledWithoutStock, at: 6) {
      $0.floor(0, 3)
      $0.wait("w", [(0, 8)])
      $0.fill(5)
    },
    Forgery(.fillingLate, at: 7) {
      $0.floor(0, 3)
      $0.wait("w", [(0, 8)])
      $0.floor(0, 2)
      $0.receive([(1, 1)])
    },
    Forgery(.overtaking, at: 6) {
      $0.floor(0, 3)
      $0.wait("w", [(0, 7), (1, 6)])
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.filledWithoutStock, at: 7) {
      $0.wait("w", [(0, 11)])
      $0.floor(0, 5)
      $0.receive([(0, 4)])
      $0.fill(4)
    },
    // What comes back of an order, or with its holds, is for the line.
    Forgery(.fillingLate, at: 8) {
      $0.reserve("a", [(0, 10)])
      $0.settle(.committed, 4)
      $0.wait("w", [(0, 1)])
      $0.takeBack(4, [(0, 1)])
      $0.receive([(1, 1)])
    },
    Forgery(.fillingLate, at: 9) {
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 1)
      $0.reserve("a", [(0, 2)])
      $0.wait("w", [(2, 2)])
      $0.transfer(0, 2, 3, with: [(6, 2)], all: false)
      $0.receive([(1, 1)])
    },
    // What waits takes the parts of what it asks for, as a hold does.
    Forgery(.partsNotTaken, at: 5) {
      $0.recipe(0, [(1, 1)])
      $0.wait("w", [(0, 11)])
    },
    Forgery(.partsNotTaken, at: 5) {
      $0.recipe(0, [(1, 1)])
      $0.wait("w", [(0, 11), (1, 10)], asked: [(0, 11)])
    },
    Forgery(.overtaking, at: 6) {
      $0.recipe(0, [(1, 1)])
      $0.wait("w", [(0, 6), (1, 6)], asked: [(0, 6)])
      $0.reserve("a", [(1, 1)])
    },
    Forgery(.overtaking, at: 6) {
      $0.recipe(0, [(1, 1)])
      $0.wait("w", [(0, 6), (1, 6)], asked: [(0, 6)])
      $0.reserve("a", [(0, 5), (1, 5)], asked: [(0, 5)])
    },
    // Who comes back is a newcomer; and comes back with what it waited for, if it was never filled.
    Forgery(.overtaking, at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.released, 4)
      $0.wait("w", [(0, 11)])
      $0.reopen(4, [(0, 2)])
    },
    Forgery(.reopenedOtherwise, at: 6) {
      $0.wait("w", [(0, 11)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 10)])
    },
    Forgery(.reopenedOtherwise, at: 5) {
      $0.wait("w", [(0, 11)])
      $0.reopen(4, [(0, 11)])
    },
    Forgery(.oversold, at: 7) {
      $0.wait("w", [(0, 12)])
      $0.amend(4, [(0, 11)])
      $0.settle(.released, 4)
      $0.reopen(4, [(0, 11)])
    },
    Forgery(.notWaiting, at: 8) {
      $0.wait("w", [(0, 11)])
      $0.amend(4, [(0, 0)])
      $0.receive([(0, 1)])
      $0.reopen(4, [(0, 11)])
      $0.fill(4)
    },
  ]
}
