import TallyFormat

extension Forgery {
  /// Units below an item's floor that are reserved or transferred.
  static let floors: [Forgery] = [
    Forgery(.floorPassed, at: 5) {
      $0.floor(0, 3)
      $0.reserve("a", [(0, 8)])
    },
    // In a cart, in two reservations, and by somebody with a name.
    Forgery(.floorPassed, at: 5) {
      $0.floor(1, 5)
      $0.reserve("a", [(0, 1), (1, 1)])
    },
    Forgery(.floorPassed, at: 6) {
      $0.floor(0, 3)
      $0.reserve("a", [(0, 7)])
      $0.reserve("b", [(0, 1)])
    },
    Forgery(.floorPassed, at: 5) {
      $0.floor(0, 10)
      $0.reserve("a", [(0, 1)], customer: "c")
    },
    Forgery(.floorPassed, at: 6) {
      $0.floor(0, 8)
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 3)
    },
    // Raised above what is held, it gives nothing more away; lowered, it does.
    Forgery(.floorPassed, at: 7) {
      $0.reserve("a", [(0, 8)])
      $0.floor(0, 5)
      $0.settle(.committed, 4, [(0, 1)])
      $0.reserve("b", [(0, 1)])
    },
    Forgery(.floorPassed, at: 7) {
      $0.floor(0, 10)
      $0.floor(0, 2)
      $0.reserve("a", [(0, 8)])
      $0.reserve("b", [(0, 1)])
    },
    // By what changes a reservation, too.
    Forgery(.floorPassed, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.floor(0, 3)
      $0.amend(4, [(0, 8)])
    },
    Forgery(.floorPassed, at: 6) {
      $0.reserve("a", [(0, 2)])
      $0.floor(0, 3)
      $0.commitMore(4, [(0, 8)])
    },
    Forgery(.floorPassed, at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.floor(0, 8)
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 3, with: [(4, 2)], all: false)
    },
    // What nobody holds is oversold, whatever the floor.
    Forgery(.oversold, at: 5) {
      $0.floor(0, 3)
      $0.reserve("a", [(0, 11)])
    },
    Forgery(.unknownItem, at: 4) { $0.floor(7, 1) },
    Forgery(.keyContent, at: 4) {
      $0.swapsContents = true
      $0.floor(0, 1, key: "k")
    },
    // Another day is another content.
    Forgery(.keyContent, at: 4) {
      $0.swapsContents = true
      $0.receive([(0, 1)], key: "k", effective: 5)
    },
  ]
}
