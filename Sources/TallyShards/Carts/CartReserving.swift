import Tallystick

/// Reserves a cart: a hold on each shard, the home's first; then, when all stand, the decision in the home's log.
///
/// The home's hold comes first and goes first, so that its log alone says what becomes of the cart: a confirmation and a
/// giving up meet there, and one of them is refused. A coordinator that ends half-way leaves holds and no decision: the
/// next one gives them back, and if none comes the holds' time limit does.
package struct CartReserving: CartTask {
  private enum Phase {
    case start
    case home
    case others
    case locks
    case decision
    /// Giving up: the home first.
    case homeRelease(Outcome)
    case otherReleases(Outcome)
  }

  private let plan: CartPlan
  private var phase = Phase.start
  /// Something may be held that nobody will come back to: to be settled.
  package private(set) var isUnfinished = false

  package init(_ plan: CartPlan) { self.plan = plan }

  private var part: Name { plan.part.name }

  package mutating func next(_ replies: [CartReply]) -> CartStep {
    switch phase {
    case .start:
      phase = .home
      return .ask([(plan.home, plan.hold(plan.home))])
    case .home:
      let outcome = replies.first?.asOutcome ?? .failed(.closed)
      // Nothing stands anywhere yet: the home's answer is the cart's.
      guard outcome.holds else {
        if case .failed = outcome { isUnfinished = true }
        return .done(outcome.asCartRefusal)
      }
      phase = .others
      return .ask(plan.others.map { ($0, plan.hold($0)) })
    case .others:
      if let refusal = CartReserving.refusal(replies, plan.others) { return giveUp(refusal) }
      if plan.timeToLive != nil { return decide() }
      // Before the decision: none of them may fall due behind it.
      phase = .locks
      return .ask(plan.others.map { ($0, .lock(part)) })
    case .locks:
      guard replies.allSatisfy({ $0.asOutcome.isAccepted }) else {
        return giveUp(replies.failure ?? .busy(.ofCarts))
      }
      return decide()
    case .decision: return decided(replies.first?.asOutcome ?? .failed(.closed))
    case .homeRelease(let refusal):
      // If the home cannot be asked, nothing is decided: what is held is left to whoever comes next.
      if replies.contains(where: { $0.asOutcome.isUnknown }) {
        isUnfinished = true
        return .done(refusal)
      }
      return releaseOthers(refusal)
    case .otherReleases(let refusal):
      isUnfinished = replies.contains { $0.asOutcome.isUnknown }
      return .done(refusal)
    }
  }

  private mutating func decide() -> CartStep {
    phase = .decision
    return .ask([(plan.home, plan.confirmation)])
  }

  private mutating func decided(_ outcome: Outcome) -> CartStep {
    switch outcome {
    case .accepted(let acceptance): return .done(.accepted(Acceptance(sequence: acceptance.sequence)))
    case .repeated(let acceptance): return .done(.repeated(Acceptance(sequence: acceptance.sequence, holds: true)))
    // Whether it is decided is unknown: whoever comes next finds out.
    case .failed, .busy:
      isUnfinished = true
      return .done(outcome.isBusy ? .failed(.unknownOutcome(reason: Busy.atDecision)) : outcome)
    // The home's hold fell due, or another coordinator has given the cart up: it is not confirmed, and never will be.
    case .rejected(let rejection) where rejection.reason == .conflict:
      phase = .homeRelease(outcome)
      return .ask([(plan.home, .release(part))])
    case .rejected, .invalid: return releaseOthers(.busy(.ofCarts))
    }
  }

  private mutating func giveUp(_ refusal: Outcome) -> CartStep {
    phase = .homeRelease(refusal)
    return .ask([(plan.home, .release(part))])
  }

  private mutating func releaseOthers(_ refusal: Outcome) -> CartStep {
    phase = .otherReleases(refusal)
    return .ask(plan.others.map { ($0, .release(part)) })
  }

  /// Why the cart cannot stand; `nil`: every shard holds its part.
  private static func refusal(_ replies: [CartReply], _ shards: [Int]) -> Outcome? {
    var merged: Rejection?
    for (reply, shard) in zip(replies, shards) {
      guard case .rejected(var rejection) = reply.asOutcome else { continue }
      rejection.shard = shard
      guard let first = merged else {
        merged = rejection
        continue
      }
      // Every short line of the cart is named, as of one log.
      if first.reason == rejection.reason {
        merged?.short += rejection.short
        merged?.unknown += rejection.unknown
        merged?.elsewhere += rejection.elsewhere
      }
    }
    if let failure = replies.failure { return failure }
    if let merged { return .rejected(merged) }
    return replies.allSatisfy { $0.asOutcome.holds } ? nil : .busy(.ofCarts)
  }
}

extension Outcome {
  /// A hold stands.
  fileprivate var holds: Bool {
    switch self {
    case .accepted: true
    case .repeated(let acceptance): acceptance.holds ?? false
    case .rejected, .invalid, .busy, .failed: false
    }
  }

  /// Of an attempt that somebody has given up already: nothing was done, ask again.
  fileprivate var asCartRefusal: Outcome { if case .repeated = self { .busy(.ofCarts) } else { self } }

  /// It was not judged, as far as anybody knows.
  var isUnknown: Bool {
    switch self {
    case .failed, .busy: true
    case .accepted, .repeated, .rejected, .invalid: false
    }
  }

  var isBusy: Bool { if case .busy = self { true } else { false } }

  /// It happened, now or before.
  var isAccepted: Bool {
    switch self {
    case .accepted, .repeated: true
    case .rejected, .invalid, .busy, .failed: false
    }
  }
}

extension Busy {
  /// A cart's holds fell due, or were given up, while it was being made.
  static let ofCarts = Busy(queueDelay: .milliseconds(100), queuedCommands: 0, queuedBytes: 0)
  static let atDecision = "the shard that decides was busy, and whether the cart stands is not known"
}
