import NIOCore
import TallyRESP
import Tallystick

/// One client that speaks Redis's protocol: reads commands, asks the log or answers by itself, and sends answers in the
/// order of the commands. Of one event loop.
///
/// What it may have in memory is bounded: so many commands without an answer, and so many bytes that the client has not
/// read; beyond either, nothing more is read from it until there is room.
final class RESPConnection: ChannelInboundHandler, AnswerReceiver {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Of answers that are written together.
  private static let outputBytes = 16 << 10

  let id: UInt64
  let server: ServerContext
  /// Whose commands count together.
  private(set) var origin = ClientName.local
  let gate: CommandGate
  private let registry: ConnectionRegistry
  var session = Session()
  var output = WireWriter()
  var line = ReplyLine()
  private var context: ChannelHandlerContext?

  private(set) var decoder: WireDecoder
  /// What has come and was not taken yet.
  private(set) var unread: ByteBuffer?
  /// Since when a command has been coming in pieces; `nil`: none is.
  private var pieceTime: NIODeadline?
  private var startTime = NIODeadline.uptimeNanoseconds(0)
  /// Since when the client has not read what it was sent; `nil`: it reads.
  private var stuckTime: NIODeadline?
  /// A command that waits for all answers before it.
  private var barrier: ConnectionRequest?
  private var isReadingLog = false
  /// Nothing more is taken; it closes when all is answered.
  private var isEnding = false
  /// All is answered: nothing more is sent.
  private var isClosed = false
  /// The client sends nothing more.
  private var inputIsClosed = false
  /// It ends when all that has come is answered.
  private var endsBehindRest = false
  private var isProcessing = false
  private(set) var questionRound = 0
  var hasAnswers = false

  init(id: UInt64, _ server: ServerContext, _ gate: CommandGate, _ registry: ConnectionRegistry) {
    self.id = id
    self.server = server
    self.gate = gate
    self.registry = registry
    decoder = WireDecoder(limits: server.access.isRequired ? .ofStrangers : server.configuration.wireLimits)
  }

  /// Takes commands as large as whoever sends them may send. Between two commands only.
  func renewLimits() { decoder = WireDecoder(limits: isStranger ? .ofStrangers : server.configuration.wireLimits) }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    origin = ClientName(context.remoteAddress)
    startTime = .now()
    guard registry.add(self) else {
      // In Redis's words, which clients know.
      output.error("ERR max number of clients reached")
      return end()
    }
    context.read()
  }

  func channelInactive(context: ChannelHandlerContext) {
    isClosed = true
    unread = nil
    registry.remove(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if isEnding { return }
    if unread == nil {
      unread = bytes
    } else {
      unread?.discardReadBytes()
      unread?.writeBuffer(&bytes)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // What still comes is read, and forgotten: see `linger()`.
    if isClosed { context.read() } else { goOn() }
  }
  func channelWritabilityChanged(context: ChannelHandlerContext) { if !isClosed { endRound() } }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The client sends nothing more, and may still read: what it has asked is answered.
    guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
      return context.fireUserInboundEventTriggered(event)
    }
    inputIsClosed = true
    if isClosed { context.close(promise: nil) } else { end(takingRest: true) }
  }

  /// A reset, above all: there is nobody to tell.
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  // MARK: Reading commands

  var hasRoom: Bool {
    !isEnding && !isClosed && barrier == nil && !isReadingLog && line.count < server.configuration.maxOutstanding
  }
  /// The client reads what it is sent. Costs more than a command, and changes with what is sent only.
  private var isWritable: Bool { context?.channel.isWritable ?? false }

  /// Takes what it may of what has come, sends what there is to send, and asks for more if there is room for it.
  private func goOn() {
    if isProcessing { return }
    isProcessing = true
    takeCommands()
    isProcessing = false
    flush()
    if hasRoom, !inputIsClosed, isWritable { context?.read() }
  }

  private func takeCommands() {
    guard isWritable else { return }
    var refused = 0
    defer { if refused > 0 { server.metrics.refused(refused) } }
    var number = 0
    taking: while hasRoom {
      // Commands between two looks at how long others wait.
      if number % 64 == 0 { gate.look() }
      number += 1
      if gate.isBusy { refused += refusePlain() } else { takePlain() }
      switch next() {
      case .nothing: break taking
      case .refused:
        refused += 1
        answer { $0.append(gate.busyLine) }
      case .request(let request):
        if request.isBarrier, !line.isEmpty {
          barrier = request
          break taking
        }
        handle(request)
      case .flaw(let flaw):
        answer { $0.error("ERR Protocol error: \(flaw)") }
        end()
      }
      if output.bytes.count >= RESPConnection.outputBytes {
        flush()
        if !isWritable { break taking }
      }
    }
  }

  /// What comes next of what has come.
  private enum Next {
    /// Not all of it has come.
    case nothing
    /// It asks something of the log, and too much waits.
    case refused
    case request(ConnectionRequest)
    case flaw(WireFlaw)
  }

  private func next() -> Next {
    guard let buffer = unread else { return .nothing }
    var count = 0
    let next: Next = buffer.withUnsafeReadableBytes { bytes in
      do throws(WireFlaw) {
        guard let length = try decoder.decode(bytes) else { return .nothing }
        count = length
        return decoder.withWords(in: bytes) { words in
          if gate.isBusy, words.count > 0, StockVerb(words[0]) != nil, !isStranger { return .refused }
          return .request(ConnectionRequest(words, allowsUnkeyed: server.configuration.allowsUnkeyed))
        }
      } catch {
        return .flaw(error)
      }
    }
    if count > 0 {
      consume(count)
    } else if case .nothing = next {
      if buffer.readableBytes > 0 { pieceTime = pieceTime ?? .now() } else { unread = nil }
    }
    return next
  }

  /// Whole commands of so many bytes were taken.
  func consume(_ bytes: Int) {
    pieceTime = nil
    unread?.moveReaderIndex(forwardBy: bytes)
  }

  private func handle(_ request: ConnectionRequest) {
    if let refusal = accessRefusal(of: request) { return answer { $0.error(refusal) } }
    switch request {
    case .nothing: break
    case .ping: answer { $0.simple("PONG") }
    case .refused(let message): answer { $0.error(message) }
    case .attack: context?.close(promise: nil)
    case .connection(let command, let words): handle(command, words)
    case .stock(let request):
      if let wait = refusal(of: request) {
        server.metrics.refused(1)
        answer { $0.error(RateLimiter.words(wait)) }
      } else {
        handle(request)
      }
    }
  }

  /// Too many come from this client, or for an item.
  private func refusal(of request: StockRequest) -> Duration? {
    guard let rates = server.rates else { return nil }
    if let wait = rates.refusal(of: origin) { return wait }
    guard case .command(let command) = request else { return nil }
    return rates.refusal(of: command)
  }

  private func handle(_ request: StockRequest) {
    let ticket = line.take(output.version)
    switch request {
    case .command(let command): gate.submit(command, from: self, ticket, questionRound: questionRound)
    case .level(let item, let asJSON):
      if asJSON { session.jsonTickets.insert(ticket) }
      questionRound = gate.ask(item, from: self, ticket)
    case .reservation(let id, let asJSON):
      if asJSON { session.jsonTickets.insert(ticket) }
      questionRound = gate.ask(id, from: self, ticket)
    case .holds, .events, .consume, .consumers: readLog(request, ticket)
    }
  }

  /// Nothing more is taken until the log has been read: the answers may be large.
  private func readLog(_ request: StockRequest, _ ticket: UInt64) {
    isReadingLog = true
    let connection = NIOLoopBound(self, eventLoop: gate.loop)
    let loop = gate.loop
    server.logReading.answer(request, version: output.version) { bytes in
      loop.execute {
        connection.value.isReadingLog = false
        connection.value.put(ticket) { $0.append(bytes) }
        connection.value.endRound()
      }
    }
  }

  // MARK: Answering

  /// An answer that needs nobody else.
  func answer(_ write: (inout WireWriter) -> Void) {
    line.answer(into: &output, write)
  }

  private func put(_ ticket: UInt64, _ write: (inout WireWriter) -> Void) {
    if !isClosed { line.put(ticket, into: &output, write) }
  }

  func take(_ answers: CommandAnswers, of commands: Range<Int>, from ticket: UInt64) {
    answers.visit(
      commands,
      accepted: { range, sequence in
        let first = ticket + UInt64(range.lowerBound - commands.lowerBound)
        if !isClosed { line.put(first, integersFrom: sequence, range.count, into: &output) }
      },
      other: { index, outcome in
        put(ticket + UInt64(index - commands.lowerBound)) { $0.write(outcome) }
      })
  }

  func take(_ level: StockLevel?, for ticket: UInt64) {
    let asJSON = session.jsonTickets.remove(ticket) != nil
    put(ticket) { $0.write(level, asJSON: asJSON) }
  }

  func take(_ status: ReservationStatus?, for ticket: UInt64) {
    let asJSON = session.jsonTickets.remove(ticket) != nil
    put(ticket) { $0.write(status, asJSON: asJSON) }
  }

  func take(_ failure: LogFailure, for ticket: UInt64) {
    session.jsonTickets.remove(ticket)
    put(ticket) { $0.error(RefusalWords.text(failure)) }
  }

  func endRound() {
    if isClosed { return }
    if let request = barrier, line.isEmpty {
      barrier = nil
      handle(request)
    }
    goOn()
    if endsBehindRest, line.isEmpty, barrier == nil, !isReadingLog, context?.channel.isWritable ?? false { end() }
    if isEnding, line.isEmpty, !isReadingLog { closeWhenSent() }
  }

  private func flush() {
    guard let context, !output.bytes.isEmpty else { return }
    let buffer = context.channel.allocator.buffer(bytes: output.bytes)
    output.removeAll()
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  // MARK: Ending

  /// Takes nothing more, answers what was taken, and closes.
  ///
  /// - Parameter takingRest: whole commands that have come already are taken.
  func end(takingRest: Bool = false) {
    if isEnding { return }
    if takingRest {
      endsBehindRest = true
      return endRound()
    }
    isEnding = true
    barrier = nil
    unread = nil
    if line.isEmpty, !isReadingLog { closeWhenSent() }
  }

  private func closeWhenSent() {
    guard let context, !isClosed else { return }
    isClosed = true
    let buffer = context.channel.allocator.buffer(bytes: output.bytes)
    output.removeAll()
    context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { [self] _ in linger() }
  }

  /// A socket that is closed while something unread has come tells the client that it was reset, which may take the last
  /// answers from it: what comes is read until the client closes, or for a moment.
  private func linger() {
    guard let context else { return }
    if inputIsClosed { return context.close(promise: nil) }
    context.close(mode: .output, promise: nil)
    context.read()
    let connection = NIOLoopBound(self, eventLoop: gate.loop)
    gate.loop.scheduleTask(in: RESPConnection.lingering) { connection.value.context?.close(promise: nil) }
  }
  private static let lingering = TimeAmount.seconds(1)

  /// Closes at once what keeps memory and does not get on: a command that comes too slowly, answers that nobody reads,
  /// and who does not say who is there.
  func lookAfter(now: NIODeadline) {
    guard let context else { return }
    let patience = server.configuration.patience
    if let pieceTime, now - pieceTime > patience { return context.close(promise: nil) }
    if isStranger, now - startTime > patience { return context.close(promise: nil) }
    stuckTime = context.channel.isWritable ? nil : stuckTime ?? now
    if let stuckTime, now - stuckTime > patience { context.close(promise: nil) }
  }

  func closeAtOnce() { context?.close(promise: nil) }
}
