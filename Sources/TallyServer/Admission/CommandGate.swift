import DequeModule
import NIOCore
import TallyRESP
import Tallystick

/// The one way from an event loop to the log: gathers what all its connections ask for while the loop goes round once, and
/// hands it over together, so that a round costs one hand-over each way, however many clients there are.
///
/// Of one event loop. Answers come back to it when they are durable; what is handed over meanwhile shares the next sync.
///
/// On a slow disk one small round at a time is with the log, and behind its answers the gate waits a little for those who were
/// answered to ask again: otherwise half of the clients would always wait for the sync of the other half, and then for
/// their own. On a fast one that would only keep this thread and the disk from working at the same time.
final class CommandGate {
  /// A round that takes longer is worth waiting for company.
  private static let slowRound = TimeAmount.milliseconds(1)
  /// Commands that are company enough for a sync of their own: this thread reads and answers the next ones meanwhile.
  private static let largeRound = 256
  /// Commands that are handed over although more may come: the log judges them meanwhile.
  private static let fullRound = 1_024
  /// Commands that may always be under way: what the log makes two frames of, whatever time they take.
  private static let alwaysAdmitted = 4_096
  /// Answers from which there is company to wait for.
  private static let fewest = 8
  private static let longestWait = TimeAmount.microseconds(500)

  /// Commands of one client that follow each other.
  private struct Commander {
    let receiver: AnswerReceiver
    let ticket: UInt64
    var count: Int
  }

  /// What is handed over together. Held here until it is answered, so that this thread also frees what it has made.
  private final class Round: @unchecked Sendable {
    // Filled by the loop before it is handed over, and read by it again behind the answer.
    var commands: GatheredCommands
    /// Of the commands: to ask these copies them.
    var count = 0
    var commanders: [Commander] = []
    var items: [ItemName] = []
    var itemAskers: [(AnswerReceiver, UInt64)] = []
    var reservations: [Name] = []
    var reservationAskers: [(AnswerReceiver, UInt64)] = []

    init(_ commands: GatheredCommands) { self.commands = commands }

    var hasQuestions: Bool { !items.isEmpty || !reservations.isEmpty }

    /// The commands that were appended last are this client's.
    func note(_ receiver: AnswerReceiver, _ ticket: UInt64, _ new: Int) {
      count += new
      let last = commanders.count - 1
      if last >= 0, commanders[last].receiver === receiver,
        commanders[last].ticket + UInt64(commanders[last].count) == ticket
      {
        commanders[last].count += new
      } else {
        commanders.append(Commander(receiver: receiver, ticket: ticket, count: new))
      }
    }

    func removeAll() {
      commands.removeAll()
      count = 0
      commanders.removeAll(keepingCapacity: true)
      items.removeAll(keepingCapacity: true)
      itemAskers.removeAll(keepingCapacity: true)
      reservations.removeAll(keepingCapacity: true)
      reservationAskers.removeAll(keepingCapacity: true)
    }
  }

  private let log: any ServedStock
  let loop: any EventLoop
  private let queueLimit: QueueLimit
  private let metrics: ServerMetrics
  private var round: Round
  /// One that was answered: its memory serves the next.
  private var spare: Round?
  private var isScheduled = false
  /// When the rounds of commands that are with the log were begun, and what they hold.
  private var inFlight: Deque<(begun: NIODeadline, commands: Int)> = []
  private var commandsInFlight = 0
  /// When the first command came of the round that is being gathered.
  private var begun = NIODeadline.now()
  /// What a round has taken lately.
  private var roundTime = TimeAmount.zero
  /// Of the round that is being gathered.
  private(set) var roundNumber = 1
  private var answered: [AnswerReceiver] = []

  init(_ log: any ServedStock, on loop: any EventLoop, _ queueLimit: QueueLimit, metrics: ServerMetrics) {
    self.log = log
    self.metrics = metrics
    self.loop = loop
    self.queueLimit = queueLimit
    round = Round(log.gatherCommands())
  }

  // MARK: Gathering

  /// - Parameter questionRound: the round in which the same client asked its last question: the command must not be judged
  ///   before that is answered.
  func submit(_ command: Command, from receiver: AnswerReceiver, _ ticket: UInt64, questionRound: Int) {
    if questionRound == roundNumber { handOver() }
    beginIfEmpty()
    round.commands.append(command)
    note(receiver, ticket)
  }

  /// Lets a client put plain commands where they are gathered, without a look at each.
  ///
  /// - Parameters:
  ///   - ticket: of the first; the others have the next ones.
  ///   - fill: is given the commands, and how many it may append; it says how many it has.
  /// - Returns: how many that were.
  func gather(
    from receiver: AnswerReceiver, _ ticket: UInt64, questionRound: Int,
    _ fill: (inout GatheredCommands, Int) -> Int
  ) -> Int {
    if questionRound == roundNumber { handOver() }
    beginIfEmpty()
    let count = fill(&round.commands, CommandGate.fullRound - round.count % CommandGate.fullRound)
    if count > 0 { note(receiver, ticket, count) }
    return count
  }

  private func beginIfEmpty() { if round.count == 0 { begun = .now() } }

  /// The commands that were appended last are this client's.
  private func note(_ receiver: AnswerReceiver, _ ticket: UInt64, _ count: Int = 1) {
    round.note(receiver, ticket, count)
    if round.count >= CommandGate.fullRound, !waitsForAnswers { handOver() } else { schedule() }
  }

  // MARK: Refusing

  /// Too much waits: what is asked now is to be refused at once, and nothing done.
  private(set) var isBusy = false
  /// The answer to it, in Redis's protocol.
  private(set) var busyLine: [UInt8] = []

  /// Looks whether what comes now may be taken.
  func look() {
    let waiting = commandsInFlight + round.count
    let age = Duration.nanoseconds((NIODeadline.now() - (inFlight.first?.begun ?? begun)).nanoseconds)
    let isEmpty = waiting == 0
    guard
      let delay = queueLimit.refusal(
        age: isEmpty ? .zero : age, areFew: waiting <= CommandGate.alwaysAdmitted)
    else {
      isBusy = false
      return
    }
    if isBusy { return }
    isBusy = true
    var writer = WireWriter()
    writer.error(RefusalWords.text(Busy(queueDelay: delay, queuedCommands: waiting, queuedBytes: 0)))
    busyLine = writer.bytes
  }

  /// - Returns: the round in which it is asked, after all commands of that round.
  func ask(_ item: ItemName, from receiver: AnswerReceiver, _ ticket: UInt64) -> Int {
    round.items.append(item)
    round.itemAskers.append((receiver, ticket))
    schedule()
    return roundNumber
  }

  func ask(_ reservation: Name, from receiver: AnswerReceiver, _ ticket: UInt64) -> Int {
    round.reservations.append(reservation)
    round.reservationAskers.append((receiver, ticket))
    schedule()
    return roundNumber
  }

  private var isSlow: Bool { roundTime > CommandGate.slowRound }
  /// What is gathered is better handed over behind the answers of a round that is with the log.
  private var waitsForAnswers: Bool {
    isSlow && !inFlight.isEmpty && round.count < CommandGate.largeRound
  }

  /// Tasks run when all connections that had something to read have been read.
  private func schedule() {
    if isScheduled || waitsForAnswers { return }
    isScheduled = true
    let gate = NIOLoopBound(self, eventLoop: loop)
    loop.execute { gate.value.handOverScheduled() }
  }

  /// What was not handed over because a slow round was with the log is, behind its answers.
  private func scheduleAfterAnswers(_ count: Int) {
    if isScheduled || waitsForAnswers { return }
    guard isSlow, count >= CommandGate.fewest else {
      // Also if rounds are not slow any more: nobody else may come who would hand it over.
      if round.count > 0 || round.hasQuestions { schedule() }
      return
    }
    isScheduled = true
    let gate = NIOLoopBound(self, eventLoop: loop)
    let wait = min(CommandGate.longestWait, .nanoseconds(roundTime.nanoseconds / 10))
    loop.scheduleTask(in: wait) { gate.value.handOverScheduled() }
  }

  private func handOverScheduled() {
    isScheduled = false
    handOver()
  }

  // MARK: Handing over

  private func handOver() {
    let round = round
    if round.count == 0, !round.hasQuestions { return }
    self.round = spare ?? Round(log.gatherCommands())
    spare = nil
    roundNumber += 1
    let gate = NIOLoopBound(self, eventLoop: loop)
    let loop = loop
    if round.count > 0 {
      let start = NIODeadline.now()
      inFlight.append((begun, round.count))
      commandsInFlight += round.count
      log.hand(round.commands) { answers in
        loop.execute { gate.value.deliver(answers, to: round, since: start) }
      }
    }
    if round.hasQuestions {
      log.look(up: round.items, round.reservations) { result in
        loop.execute { gate.value.deliver(result, to: round) }
      }
    }
  }

  // MARK: Delivering

  private func deliver(_ answers: CommandAnswers, to round: Round, since start: NIODeadline) {
    // Rounds are answered in the order in which they were handed over; over several shards nearly so, which is good enough
    // for an age.
    if let first = inFlight.popFirst() { commandsInFlight -= first.commands }
    let time = NIODeadline.now() - start
    roundTime = .nanoseconds((roundTime.nanoseconds * 3 + time.nanoseconds) / 4)
    metrics.answered(answers, to: round.commands, in: .nanoseconds(time.nanoseconds))
    give(answers, to: round)
    // Questions of the round have answers of their own, which look at it.
    if !round.hasQuestions {
      round.removeAll()
      spare = round
    }
    endRound()
    scheduleAfterAnswers(answers.count)
  }

  private func give(_ answers: CommandAnswers, to round: Round) {
    var start = 0
    for commander in round.commanders {
      note(commander.receiver).take(answers, of: start..<start + commander.count, from: commander.ticket)
      start += commander.count
    }
  }

  private func deliver(_ result: Result<([StockLevel?], [ReservationStatus?]), LogFailure>, to round: Round) {
    switch result {
    case .success(let (levels, statuses)):
      for (index, (receiver, ticket)) in round.itemAskers.enumerated() {
        note(receiver).take(levels[index], for: ticket)
      }
      for (index, (receiver, ticket)) in round.reservationAskers.enumerated() {
        note(receiver).take(statuses[index], for: ticket)
      }
    case .failure(let failure):
      for (receiver, ticket) in round.itemAskers + round.reservationAskers {
        note(receiver).take(failure, for: ticket)
      }
    }
    endRound()
  }

  private func note(_ receiver: AnswerReceiver) -> AnswerReceiver {
    if !receiver.hasAnswers {
      receiver.hasAnswers = true
      answered.append(receiver)
    }
    return receiver
  }

  private func endRound() {
    let receivers = answered
    answered.removeAll(keepingCapacity: true)
    for receiver in receivers {
      receiver.hasAnswers = false
      receiver.endRound()
    }
  }
}
