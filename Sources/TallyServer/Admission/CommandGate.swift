import NIOCore
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
  /// Answers from which there is company to wait for.
  private static let fewest = 8
  private static let longestWait = TimeAmount.microseconds(500)

  /// Commands of one client that follow each other.
  private struct Commander {
    let receiver: AnswerReceiver
    let ticket: UInt64
    var count = 1
  }

  /// What is handed over together. Held here until it is answered, so that this thread also frees what it has made.
  private final class Round: @unchecked Sendable {
    // Filled by the loop before it is handed over, and read by it again behind the answer.
    var commands: [Command] = []
    var commanders: [Commander] = []
    var items: [ItemName] = []
    var itemAskers: [(AnswerReceiver, UInt64)] = []
    var reservations: [Name] = []
    var reservationAskers: [(AnswerReceiver, UInt64)] = []

    var hasQuestions: Bool { !items.isEmpty || !reservations.isEmpty }

    func add(_ command: Command, _ receiver: AnswerReceiver, _ ticket: UInt64) {
      commands.append(command)
      let last = commanders.count - 1
      if last >= 0, commanders[last].receiver === receiver,
        commanders[last].ticket + UInt64(commanders[last].count) == ticket
      {
        commanders[last].count += 1
      } else {
        commanders.append(Commander(receiver: receiver, ticket: ticket))
      }
    }
  }

  private let log: any ServedStock
  let loop: any EventLoop
  private let queueLimit: QueueLimit
  private let metrics: ServerMetrics
  private var round = Round()
  private var isScheduled = false
  /// Rounds of commands that are with the log.
  private var roundsInFlight = 0
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
  }

  // MARK: Gathering

  /// - Parameter questionRound: the round in which the same client asked its last question: the command must not be judged
  ///   before that is answered.
  func submit(_ command: Command, from receiver: AnswerReceiver, _ ticket: UInt64, questionRound: Int) {
    if questionRound == roundNumber { handOver() }
    round.add(command, receiver, ticket)
    schedule()
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
    isSlow && roundsInFlight > 0 && round.commands.count < CommandGate.largeRound
  }

  /// Tasks run when all connections that had something to read have been read.
  private func schedule() {
    if isScheduled || waitsForAnswers { return }
    isScheduled = true
    let gate = NIOLoopBound(self, eventLoop: loop)
    loop.execute { gate.value.handOverScheduled() }
  }

  /// Behind the answers of a slow round.
  private func scheduleAfterAnswers(_ count: Int) {
    guard isSlow, roundsInFlight == 0, !isScheduled else { return }
    guard count >= CommandGate.fewest else { return schedule() }
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
    if round.commands.isEmpty, !round.hasQuestions { return }
    self.round = Round()
    roundNumber += 1
    if let delay = queueLimit.refusal() { return refuse(round, delay) }
    let gate = NIOLoopBound(self, eventLoop: loop)
    let loop = loop
    if !round.commands.isEmpty {
      roundsInFlight += 1
      let start = NIODeadline.now()
      log.hand(round.commands) { outcomes in
        loop.execute { gate.value.deliver(outcomes, to: round, since: start) }
      }
    }
    if round.hasQuestions {
      log.look(up: round.items, round.reservations) { result in
        loop.execute { gate.value.deliver(result, to: round) }
      }
    }
  }

  /// At once, and nothing was done.
  private func refuse(_ round: Round, _ delay: Duration) {
    let busy = Busy(queueDelay: delay, queuedCommands: 0, queuedBytes: 0)
    metrics.refused(round.commands.count + round.items.count + round.reservations.count)
    give(round.commands.map { _ in .busy(busy) }, to: round)
    for (receiver, ticket) in round.itemAskers + round.reservationAskers {
      note(receiver).take(LogFailure.busy(busy), for: ticket)
    }
    endRound()
  }

  // MARK: Delivering

  private func deliver(_ outcomes: [Outcome], to round: Round, since start: NIODeadline) {
    roundsInFlight -= 1
    let time = NIODeadline.now() - start
    roundTime = .nanoseconds((roundTime.nanoseconds * 3 + time.nanoseconds) / 4)
    metrics.answered(outcomes[...], to: round.commands, in: .nanoseconds(time.nanoseconds))
    give(outcomes, to: round)
    endRound()
    scheduleAfterAnswers(outcomes.count)
  }

  private func give(_ outcomes: [Outcome], to round: Round) {
    var start = 0
    for commander in round.commanders {
      note(commander.receiver).take(outcomes[start..<start + commander.count], from: commander.ticket)
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
