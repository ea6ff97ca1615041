import TallyFormat

extension Forgery {
  /// Steps that no command makes.
  static let steps: [Forgery] = [
    Forgery(.stepForm, at: 4) { $0.transfer(0, 1, 1) },
    // Registrations without a movement into the item.
    Forgery(.stepForm, at: 4) { $0.item("pot", more: false) },
    // The only event of its frame: a registration, a release for an adjust, a batch's event without a key.
    Forgery(.stepForm, at: 4) {
      try $0.frame()
      $0.item("pot", more: false)
    },
    Forgery(.stepForm, at: 5) {
      $0.reserve("a", [(0, 8)])
      try $0.frame()
      $0.release(4, byAdjust: true)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.settle(.committed, 4)
      try $0.frame()
      $0.batch("", [(5, true)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.reserve("a", [(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.adjust(0, by: 1)
    },
    // An expiry is always a step of its own.
    Forgery(.stepForm, at: 5) {
      $0.reserve("a", [(0, 1)], timeToLive: 1)
      try $0.frame()
      $0.time += 1
      $0.expire(4)
      $0.goesOn()
      $0.receive([(0, 1)])
    },
    // One step, two times.
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.time += 1
      $0.receive([(0, 1)])
    },
    // Batches: without a key, with results that point nowhere, to itself, to too few, and with a key of a command's own.
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("", [(4, false)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(2, false)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(5, false)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(4, false), (5, true)])
    },
    Forgery(.stepForm, at: 6) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(5, false)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)], key: "k")
      $0.goesOn()
      $0.batch("b", [(4, false)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)], key: "k")
      $0.goesOn()
      $0.receive([(0, 1)])
    },
    // Releases for an adjust: that does not come, without a policy, not whole, without need, of another item, in the
    // wrong order.
    Forgery(.stepForm, at: 5) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, [(0, 5)], byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -2, policy: 1)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(1, 1)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -10, policy: 1)
    },
    Forgery(.stepForm, at: 8) {
      $0.reserve("a", [(0, 4)])
      $0.reserve("b", [(0, 4)])
      $0.release(4, byAdjust: true, more: true)
      $0.release(5, byAdjust: true, more: true)
      $0.adjust(0, by: -10, policy: 1)
    },
    // What prepares a command stands directly before it, and only one sort of it.
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.item("pot")
      $0.receive([(2, 1)])
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.item("pot")
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    Forgery(.stepForm, at: 6) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.item("pot")
      $0.batch("b", [(4, false)])
    },
    Forgery(.stepForm, at: 7) {
      $0.reserve("a", [(0, 8)])
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.release(4, byAdjust: true, more: true)
      $0.batch("b", [(5, false)])
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.reserve("b", [(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.limit(0, 1)
    },
    // Directly before: what comes between does not see it used later in the step.
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.receive([(1, 1)])
      $0.goesOn()
      $0.adjust(0, by: -3, policy: 1)
    },
    Forgery(.stepForm, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.reserve("b", [(1, 1)])
      $0.goesOn()
      $0.adjust(0, by: -3, policy: 1)
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.adjust(0, by: 1)
      $0.goesOn()
      $0.receive([(2, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.reserve("a", [(0, 1)])
      $0.goesOn()
      $0.receive([(2, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.receive([(2, 1)])
    },
    // A batch's event ends its step; its results stand in order; and 8,193 commands are no batch.
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(4, false)], more: true)
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 6) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.receive([(0, 2)])
      $0.goesOn()
      $0.batch("b", [(5, false), (4, false)])
    },
    Forgery(.stepForm, at: 8_196) {
      for _ in 0..<8_192 {
        $0.receive([(0, 1)])
        $0.goesOn()
      }
      $0.receive([(0, 1)])
    },
  ]
}
