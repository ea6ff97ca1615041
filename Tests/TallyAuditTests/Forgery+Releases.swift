import TallyFormat

extension Forgery {
  /// Releases by an adjust that its policy would not have made: the step is the adjust's, and so is the flaw.
  static let releases: [Forgery] = [
    // The older hold where the newest comes first, and the other way round.
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(5, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 2)
    },
    // The same, where one was in a frame before.
    Forgery(.stepForm, at: 7) {
      $0.reserve("a", [(0, 4)])
      try $0.frame()
      $0.reserve("b", [(0, 4)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    // One in the middle is passed over.
    Forgery(.stepForm, at: 9) {
      threeHolds($0)
      $0.release(6, byAdjust: true, more: true)
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -6, policy: 1)
    },
    Forgery(.stepForm, at: 9) {
      threeHolds($0)
      $0.release(4, byAdjust: true, more: true)
      $0.release(6, byAdjust: true, more: true)
      $0.adjust(0, by: -6, policy: 2)
    },
    // The first would have been enough.
    Forgery(.stepForm, at: 8) {
      twoHolds($0)
      $0.release(5, byAdjust: true, more: true)
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    // Of each only what is missing: the wrong one, more than that, less than that, two where one is enough, a part of one
    // before another, all of an order, and of another item.
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(4, [(0, 3)], byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 3)
    },
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(5, [(0, 4)], byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 3)
    },
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(5, [(0, 3)], byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 4)
    },
    Forgery(.stepForm, at: 8) {
      twoHolds($0)
      $0.release(5, [(0, 2)], byAdjust: true, more: true)
      $0.release(4, [(0, 1)], byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 3)
    },
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(5, byAdjust: true, more: true)
      $0.adjust(0, by: -6, policy: 3)
    },
    Forgery(.stepForm, at: 7) {
      twoHolds($0)
      $0.release(5, [(1, 1)], byAdjust: true, more: true)
      $0.adjust(0, by: -2, policy: 3)
    },
    // The first does not hold the item.
    Forgery(.stepForm, at: 8) {
      $0.reserve("a", [(0, 8)])
      $0.reserve("b", [(1, 1)])
      $0.release(5, byAdjust: true, more: true)
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    // With a key of its own.
    Forgery(.stepForm, at: 6) {
      twoHolds($0)
      $0.release(5, byAdjust: true, key: "k", more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    // In a later adjust of the same log, when who holds what has been looked up before.
    Forgery(.stepForm, at: 11) {
      twoHolds($0)
      $0.release(5, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
      $0.reserve("c", [(0, 1)])
      $0.settle(.committed, 4, [(0, 3)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -1, policy: 1)
    },
  ]

  /// Events 4 and 5: each holds 4 of the 10 tea.
  private static func twoHolds(_ log: ForgedLog) {
    log.reserve("a", [(0, 4)])
    log.reserve("b", [(0, 4), (1, 1)])
  }

  /// Events 4 to 6: each holds 3 of the 10 tea.
  private static func threeHolds(_ log: ForgedLog) {
    log.reserve("a", [(0, 3)])
    log.reserve("b", [(0, 3)])
    log.reserve("c", [(0, 3)])
  }
}
