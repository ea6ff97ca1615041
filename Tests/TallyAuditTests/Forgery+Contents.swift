@testable import Tallystick

extension Forgery {
  /// Keys with the digest of something else than their event's command asked for.
  static let contents: [Forgery] = [
    another { $0.receive([(0, 1)], key: "k") },
    another { $0.receive([(0, 1), (1, 1)], key: "k", reference: "PO-7", isReturn: true) },
    another { $0.adjust(0, by: 1, key: "k") },
    another { $0.adjust(0, by: -3, to: 7, key: "k") },
    another { $0.limit(0, 2, key: "k") },
    another { $0.limit(0, nil, key: "k") },
    another(at: 5) {
      $0.item("tea", "berlin")
      $0.transfer(0, 2, 1, key: "k")
    },
    another(at: 5) {
      $0.reserve("a", [(0, 1)])
      $0.settle(.committed, 4, key: "k")
    },
    another(at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.released, 4, [(0, 1)], key: "k")
    },
    another(at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.extend(4, 90, key: "k")
    },
    another(at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.amend(4, [(0, 0), (1, 3)], key: "k")
    },
    another(at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.commitMore(4, [(0, 3)], key: "k")
    },
    another(at: 7) {
      $0.reserve("a", [(0, 2)])
      $0.extend(4, 90)
      $0.goesOn()
      $0.amend(4, [(0, 1)])
      $0.goesOn()
      $0.batch("b", [(5, false), (6, false)])
    },
    // A commit that may take more is another command than one that may not.
    Forgery(.keyContent, at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.committed, 4, [(0, 2)], key: "k", content: .commitMore(id: "a", [Line(sku: "tea", 2)]))
    },
    // A whole commit is another command than one of all the lines.
    Forgery(.keyContent, at: 5) {
      $0.reserve("a", [(0, 2)])
      $0.settle(.committed, 4, [(0, 2)], key: "k", content: .commit(id: "a"))
    },
    // To what is there already is another command than by nothing.
    Forgery(.keyContent, at: 4) {
      $0.adjust(0, by: -3, to: 7, key: "k", content: .adjust(ItemName(sku: "tea"), .by(-3), reason: "count"))
    },
    another(at: 6) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.reserve("a", [(0, 1), (1, 1)], customer: "c", timeToLive: 9)
      $0.goesOn()
      $0.batch("b", [(4, false), (5, false)])
    },
    another(at: 8) {
      $0.reserve("a", [(0, 8)])
      $0.item("tea", "berlin")
      $0.receive([(2, 1)])
      $0.goesOn()
      $0.adjust(0, by: -2)
      $0.goesOn()
      $0.batch("b", [(6, false), (7, false)])
    },
  ]

  /// Behind another batch, and with a release that an adjust made: neither is a command of this one.
  static let batchContents: [Forgery] = [
    Forgery(.keyContent, at: 7) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("first", [(4, false)])
      $0.swapsContents = true
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("second", [(6, false)])
    },
    Forgery(.keyContent, at: 8) {
      $0.reserve("a", [(0, 8)])
      $0.swapsContents = true
      $0.receive([(1, 1)])
      $0.goesOn()
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
      $0.goesOn()
      $0.batch("b", [(5, false), (7, false)])
    },
  ]

  private static func another(
    at sequence: UInt64 = 4, _ forge: @escaping @Sendable (ForgedLog) throws -> Void
  ) -> Forgery {
    Forgery(.keyContent, at: sequence) {
      $0.swapsContents = true
      try forge($0)
    }
  }

  /// Results of batches that are said to repeat what no command can repeat.
  static let repeats: [Forgery] = [
    // The registration of an item, a receipt, an expiry, and a release that an adjust made.
    repeating(1, at: 4),
    repeating(3, at: 4),
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 1)], timeToLive: 1)
      try $0.frame()
      $0.time += 1
      $0.expire(4)
    },
    repeating(5, at: 7) {
      $0.reserve("a", [(0, 8)])
      $0.release(4, byAdjust: true, more: true)
      $0.adjust(0, by: -5, policy: 1)
    },
    // A commit that named its lines, though it left nothing open; a batch.
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.settle(.committed, 4, [(0, 8)])
    },
    repeating(5, at: 6) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.batch("b", [(4, false)])
    },
    // What alters a reservation is repeated by a key only.
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.extend(4, 90)
    },
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.amend(4, [(0, 0)])
    },
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.commitMore(4, [(0, 9)])
    },
    // The same in a frame before.
    repeating(5, at: 6) {
      $0.reserve("a", [(0, 8)])
      $0.settle(.released, 4, [(0, 1)])
      try $0.frame()
    },
    repeating(3, at: 4) { try $0.frame() },
    // Itself.
    repeating(4, at: 4),
  ]

  private static func repeating(
    _ repeated: UInt64, at sequence: UInt64, after prepare: @escaping @Sendable (ForgedLog) throws -> Void = { _ in }
  ) -> Forgery {
    Forgery(.stepForm, at: sequence) {
      try prepare($0)
      $0.batch("last", [(repeated, true)])
    }
  }
}
