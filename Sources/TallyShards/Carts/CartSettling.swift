import Tallystick

/// Settles a cart whole, or finishes what another coordinator has begun: looks where every part stands, and does what
/// follows from that.
///
/// What stands in the home's log decides. Open and confirmed: the cart holds. Open and not confirmed: it was never made,
/// and is given up. Committed or released there: so are the other parts. The home goes first, in every direction, so
/// that however many coordinators there are, and wherever each of them stopped, all come to the same end.
package struct CartSettling: CartTask {
  /// What is asked of it.
  package enum Wish: Equatable, Sendable {
    /// Only to be finished.
    case nothing
    case commit, release
  }

  private enum Phase {
    case start
    case look
    case locks
    case home
    case others
    /// The home's own answer to the wish: a repeat, or why not.
    case answer
  }

  private let part: CartPart
  private let shards: Int
  private let isConfirmed: Bool
  private let wish: Wish
  private let key: Name?
  private var phase = Phase.start
  /// Shards where a part is open, but for the home.
  private var open: [Int] = []
  private var isCommitting = false
  /// What is done is what was wished for: the home's answer to it is the answer.
  private var isWished: Bool { isCommitting ? wish == .commit : wish == .release }
  private var result: Outcome?

  /// - Parameters:
  ///   - part: the cart's parts.
  ///   - shards: how many there are.
  ///   - isConfirmed: the home's log has the decision: an event with the cart's id.
  ///   - key: of the command; for the home's event.
  package init(
    _ part: CartPart, of shards: Int, isConfirmed: Bool, wish: Wish = .nothing, key: Name? = nil
  ) {
    self.part = part
    self.shards = shards
    self.isConfirmed = isConfirmed
    self.wish = wish
    self.key = key
  }

  private var home: Int { Int(part.home) }
  private var name: Name { part.name }

  package mutating func next(_ replies: [CartReply]) -> CartStep {
    switch phase {
    case .start:
      phase = .look
      return .ask((0..<shards).map { ($0, .status(name)) })
    case .look: return decide(replies)
    case .locks:
      // Some may be locked, and whoever comes next will finish that: it is not as if nothing had been done.
      if let failure = replies.failure { return .done(failure.asUnknown) }
      // One of them has fallen due before it could be locked: then the cart is over.
      return settleHome(committing: replies.allSatisfy { $0.asOutcome.isAccepted })
    case .home:
      let outcome = replies.first?.asOutcome ?? .failed(.closed)
      switch outcome {
      case .accepted, .repeated: if isWished { result = outcome }
      case .failed, .busy, .invalid: return .done(isCommitting ? outcome.asUnknown : outcome)
      case .rejected(let rejection) where rejection.reason != .settled && rejection.reason != .expired:
        return .done(outcome)
      // Another coordinator, or the clock, came before: what the home holds now is looked at again.
      case .rejected:
        phase = .look
        return .ask((0..<shards).map { ($0, .status(name)) })
      }
      return settleOthers()
    case .others:
      if let failure = replies.failure { return .done(failure) }
      return answer()
    case .answer: return .done(replies.first?.asOutcome ?? .failed(.closed))
    }
  }

  private mutating func decide(_ replies: [CartReply]) -> CartStep {
    var statuses: [ReservationStatus?] = []
    for reply in replies {
      switch reply {
      case .status(let status): statuses.append(status)
      case .failed(let failure): return .done(.failed(failure))
      case .outcome: return .done(.failed(.closed))
      }
    }
    guard statuses.count == shards, statuses.indices.contains(home) else { return .done(.failed(.closed)) }
    open = statuses.indices.filter { $0 != home && statuses[$0]?.isOpen ?? false }
    // Without a home there was no cart; a late message may have left a hold.
    guard let decisive = statuses[home], decisive.isOpen else {
      isCommitting = statuses[home]?.state == .committed
      return settleOthers()
    }
    let parts = statuses.compactMap { $0 }
    let isWhole = parts.allSatisfy { $0.state == .open }
    guard isConfirmed, isWhole else { return settleHome(committing: false) }
    let isLocked = part.isTimed && parts.contains { $0.expires == nil }
    // Somebody was about to commit it, and never told anybody: it may be finished.
    guard wish == .commit || wish == .nothing && isLocked else {
      return wish == .release
        ? settleHome(committing: false) : .done(.accepted(Acceptance(sequence: decisive.sequence)))
    }
    let unlocked = statuses.indices.filter { statuses[$0]?.expires != nil }
    if unlocked.isEmpty { return settleHome(committing: true) }
    phase = .locks
    return .ask(unlocked.map { ($0, .lock(name)) })
  }

  private mutating func settleHome(committing: Bool) -> CartStep {
    phase = .home
    isCommitting = committing
    // The key is the wish's: of what is done instead it must not become one.
    let key = isWished ? key : nil
    return .ask([(home, committing ? .commit(name, key: key) : .release(name, key: key))])
  }

  private mutating func settleOthers() -> CartStep {
    if open.isEmpty { return answer() }
    phase = .others
    let request: CartRequest = isCommitting ? .commit(name) : .release(name)
    return .ask(open.map { ($0, request) })
  }

  /// When all parts agree.
  private mutating func answer() -> CartStep {
    if let result { return .done(result) }
    phase = .answer
    switch wish {
    case .commit: return .ask([(home, .commit(name, key: key))])
    case .release: return .ask([(home, .release(name, key: key))])
    case .nothing: return .done(.accepted(Acceptance(sequence: 0)))
    }
  }
}

extension ReservationStatus {
  /// Something of it is held; of a part of which a stock-take has let some go, the rest.
  var isOpen: Bool { state == .open || state == .partlySettled }
}

extension Outcome {
  /// Of a step behind which others may go on.
  fileprivate var asUnknown: Outcome {
    if case .busy = self { return .failed(.unknownOutcome(reason: "a shard was busy in the middle of a cart")) }
    return self
  }
}
