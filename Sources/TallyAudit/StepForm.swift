import TallyFormat

/// Judges whether the events of one atomic step are what some command makes.
///
/// A step is an expiry; or a filling; or registrations alone; or one command; or the commands of a batch, with a `batch` event at the end if it had a key. A
/// command is its own event with what must come just before it: the registrations of items that it moves stock into or
/// gives a recipe,
/// or the releases that make room for an adjust.
struct StepForm {
  struct Event {
    var sequence: UInt64
    var time: Int64
    var kind: EventKind
    /// The step goes on.
    var more: Bool
    var hasKey = false
    var byAdjust = false
    /// Items that a movement puts stock into, or the one that a registration registers.
    var into: [Int] = []
    var results: ArraySlice<EventColumns.BatchResult> = []
  }

  /// The last event said that its step goes on.
  private(set) var isOpen = false
  private var time: Int64 = 0
  /// Items registered that no movement has used yet.
  private var registered: [Int] = []
  /// Reservations released for an adjust that has not come yet.
  private var released = 0
  /// The commands' own events so far.
  private var commands: [UInt64] = []
  private var keys = 0
  private var flaws: [String] = []

  /// True for what is a whole step by itself, by far the most frequent; then ``take(_:)`` need not be called. Releases
  /// made by an adjust are none.
  @inline(__always)
  func isWholeStep(_ kind: EventKind, more: Bool) -> Bool {
    guard !isOpen, !more else { return false }
    switch kind {
    case .itemRegistered, .batch: return false
    case .received, .reserved, .committed, .released, .expired, .returned, .adjusted, .transferred, .limitSet,
      .extended,
      .amended, .committedMore, .transferredWith, .returnedOf, .reopened, .floorSet, .recipeSet, .preferenceSet,
      .waiting, .filled, .acknowledged, .consumerForgotten, .refused:
      return true
    }
  }

  /// Judges the next event; returns what is wrong with it, if anything is.
  mutating func take(_ event: Event) -> [String] {
    flaws.removeAll()
    if isOpen, event.time != time { flaws.append("the events of one step have one time") }
    time = event.time
    if event.hasKey { keys += 1 }
    switch event.kind {
    case .itemRegistered:
      expectNothingReleased()
      registered += event.into
    case .released where event.byAdjust:
      expectNothingRegistered()
      released += 1
      if event.hasKey { flaws.append("a release made by an adjust has a key") }
    case .received, .returned, .transferred, .transferredWith, .recipeSet:
      expectNothingReleased()
      if !registered.isEmpty, !Set(event.into).isSuperset(of: registered) {
        flaws.append("an item is registered that the command does not move stock into, or make")
      }
      registered.removeAll()
      commands.append(event.sequence)
    case .adjusted:
      expectNothingRegistered()
      released = 0
      commands.append(event.sequence)
    case .expired, .filled:
      if isOpen || event.more { flaws.append("an expiry, or a filling, is always a step of its own") }
    case .acknowledged, .consumerForgotten:
      if isOpen || event.more { flaws.append("what a consumer has handled is always told in a step of its own") }
    case .refused:
      if isOpen || event.more { flaws.append("what was refused is always told in a step of its own") }
    case .reserved, .committed, .released, .limitSet, .extended, .amended, .committedMore, .returnedOf, .reopened,
      .floorSet, .preferenceSet, .waiting:
      expectNothingRegistered()
      expectNothingReleased()
      commands.append(event.sequence)
    case .batch:
      expectNothingRegistered()
      expectNothingReleased()
      judgeBatch(event)
    }
    if event.more { isOpen = true } else { end(event) }
    return flaws
  }

  private mutating func expectNothingRegistered() {
    if !registered.isEmpty { flaws.append("an item is registered, and no stock moves into it") }
    registered.removeAll()
  }

  private mutating func expectNothingReleased() {
    if released > 0 { flaws.append("a reservation is released for an adjust that does not come") }
    released = 0
  }

  private mutating func judgeBatch(_ event: Event) {
    if !event.hasKey { flaws.append("a batch event without a key") }
    if keys > (event.hasKey ? 1 : 0) { flaws.append("a command inside a batch has a key of its own") }
    if event.more { flaws.append("a batch event ends its step") }
    if event.results.lazy.filter({ !$0.isRepeat }).map(\.sequence) != commands {
      flaws.append("a batch's results are not its commands' events")
    }
  }

  private mutating func end(_ event: Event) {
    // Registrations alone are what a register makes.
    if event.kind == .itemRegistered, commands.isEmpty { registered.removeAll() }
    expectNothingRegistered()
    expectNothingReleased()
    if event.kind != .batch, commands.count > 1, keys > 0 {
      flaws.append("a command inside a batch has a key of its own")
    }
    if commands.count > Limits.maxBatchCommands {
      flaws.append("a batch of \(commands.count) commands, more than \(Limits.maxBatchCommands)")
    }
    isOpen = false
    commands.removeAll()
    keys = 0
  }
}
