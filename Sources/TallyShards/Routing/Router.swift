import TallyThreads
import Tallystick

/// Sends each command home.
///
/// What one shard can judge alone is handed to it as it is, at once: that costs a look at where its names may be known.
/// The rest (carts over shards, and names that may be known elsewhere) goes to the ``CartCrew``.
final class Router: Sendable {
  let map: ShardMap
  let runner: CartRunner
  let crew: CartCrew
  let carts = CartBook()
  /// Held while a command's names are looked up and it is handed over: so whoever asks a shard for a name afterwards
  /// hears of it.
  let directory = Monitor(NameDirectory())

  var shards: [TallyLog] { runner.shards }

  init(_ map: ShardMap, _ shards: [TallyLog], runsInline: Bool) {
    self.map = map
    runner = CartRunner(shards: shards)
    crew = CartCrew(runsInline: runsInline)
  }

  /// What is to be done with a command.
  private enum Plan {
    case hand(Int)
    case answer(Outcome)
    /// - Parameter alone: nothing else may run beside it.
    case think(Route, CommandNames, alone: Bool)
  }

  /// Has commands judged, each on its own: those of one shard in their order; nobody waits.
  ///
  /// - Parameter answer: is given one answer a command, in order, on any thread, or on this one before the call returns.
  func hand(_ commands: [Command], answer: @escaping @Sendable ([Outcome]) -> Void) {
    if commands.isEmpty { return answer([]) }
    let answers = OrderedAnswers(commands.count, answer)
    var thinking: [(Int, Route, CommandNames, alone: Bool)] = []
    var known: [(Int, Outcome)] = []
    directory.access { directory in
      var groups = [(places: [Int], commands: [Command])](repeating: ([], []), count: shards.count)
      for (index, command) in commands.enumerated() {
        switch plan(command, &directory) {
        case .hand(let shard):
          groups[shard].places.append(index)
          groups[shard].commands.append(command)
        case .answer(let outcome): known.append((index, outcome))
        case .think(let route, let names, let alone): thinking.append((index, route, names, alone))
        }
      }
      for (shard, group) in groups.enumerated() where !group.commands.isEmpty {
        shards[shard].hand(group.commands) { outcomes in
          answers.set(zip(group.places, outcomes.lazy.map { $0.inShard(shard) }))
        }
      }
    }
    answers.set(known)
    for (index, route, names, alone) in thinking {
      let command = commands[index]
      let isTaken = crew.add(names.all, alone: alone) { [self] in
        answers.set([(index, think(command, route, names))])
      }
      if !isTaken { answers.set([(index, crew.refusal)]) }
    }
  }

  private func plan(_ command: Command, _ directory: inout NameDirectory) -> Plan {
    if let flaw = command.flaw { return .answer(.invalid(flaw)) }
    let names = CommandNames(command)
    if let name = names.reserved {
      return .answer(.invalid("\(name) has the form of the name that a cart's parts have in their shards; use another"))
    }
    let route = Route(command, map)
    let made = names.made.map { NameDirectory.fingerprint($0) }
    let meant = names.meant.map { NameDirectory.fingerprint($0) }
    let target: Int?
    var isPlain = true
    switch route {
    case .refused(let reason): return .answer(.invalid(reason))
    case .shard(let shard): target = shard
    case .reservation(_, let items):
      // Wherever the reservation may be; where nobody knows it, where a key may be known; else any shard can say so.
      let entries = (meant.prefix(1) + made).map { directory[$0] }
      target = entries.lazy.compactMap { if case .shard(let shard) = $0 { shard } else { nil } }.first ?? 0
      isPlain = items.allSatisfy { $0 == target }
    case .cart:
      if command.time != nil {
        return .answer(
          .invalid("a time of its own is for one log's history; leave it out of a cart over several shards"))
      }
      target = nil
    case .spread: target = nil
    }
    if let target, isPlain,
      (made + meant).allSatisfy({ directory[$0] == .none || directory[$0] == .shard(target) }),
      !(command.operation.releasesHolds && !carts.isEmpty)
    {
      for fingerprint in made { directory.note(fingerprint, in: target) }
      return .hand(target)
    }
    // From now on everybody asks for these, and so comes behind this one.
    for fingerprint in made { directory.askAll(fingerprint) }
    return .think(route, names, alone: command.operation.releasesHolds)
  }
}

/// Answers that come in any order, given when all are there.
private final class OrderedAnswers: Sendable {
  private let monitor: Monitor<(outcomes: [Outcome?], missing: Int)>
  private let answer: @Sendable ([Outcome]) -> Void

  init(_ count: Int, _ answer: @escaping @Sendable ([Outcome]) -> Void) {
    monitor = Monitor((Array(repeating: nil, count: count), count))
    self.answer = answer
  }

  func set(_ outcomes: some Sequence<(Int, Outcome)>) {
    let all: [Outcome]? = monitor.access { contents in
      var isNew = false
      for (index, outcome) in outcomes {
        contents.outcomes[index] = outcome
        contents.missing -= 1
        isNew = true
      }
      return isNew && contents.missing == 0 ? contents.outcomes.compactMap { $0 } : nil
    }
    if let all { answer(all) }
  }
}
