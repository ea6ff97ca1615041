import HTTPTypes
import Hummingbird
import NIOCore
import TallyJSON
import TallyText
import Tallystick

/// `POST /v1/commands`: one command, or one a line.
struct CommandRoute: Sendable {
  let server: ServerContext

  /// Of a body.
  private static let maxBodyBytes = 8 << 20
  /// Commands of a body: as many as a batch has.
  private static let maxLines = Limits.maxBatchCommands
  /// Calls that are no crowd, whatever each brings.
  private static let few = 16

  func answer(_ request: Request, _ client: ClientName) async throws -> Response {
    server.commandCalls.add(1, ordering: .relaxed)
    defer { server.commandCalls.subtract(1, ordering: .relaxed) }
    let body = try await request.body.collect(upTo: CommandRoute.maxBodyBytes)
    let bytes = Array(body.readableBytesView)
    let keys = request.headers[values: .idempotencyKey]
    // Together they would be a third key, and a retry with one of them another command.
    if keys.count > 1 { throw Problem.invalid("Idempotency-Key stands there twice") }
    let key = try keys.first.map(CommandRoute.key)
    let letsWholeIn = request.headers[.tallyUnkeyed] == "whole"
    let lines = CommandRoute.lines(bytes)
    if lines.isEmpty { throw Problem.invalid("the body holds no command") }
    if CommandRoute.isLines(request, bytes, lines) {
      if key != nil { throw Problem.invalid("Idempotency-Key is for one command; give each line its own key") }
      return try await answer(lines: lines, of: bytes, from: client, letsWholeIn: letsWholeIn)
    }
    return try await answer(one: bytes, key: key, letsWholeIn: letsWholeIn)
  }

  // MARK: One

  private func answer(one bytes: [UInt8], key: Name?, letsWholeIn: Bool) async throws -> Response {
    let command: Command
    do throws(InvalidCommand) { command = try parse(bytes[...], key: key) } catch {
      throw Problem.invalid(error.message)
    }
    if needsKey(command, letsWholeIn) { throw Problem(.badRequest, "key", CommandRoute.keyNeeded) }
    return try await answer(command)
  }

  /// What becomes of a command that has all it needs.
  func answer(_ command: Command) async throws -> Response {
    try Caller.user?.require(command.operation.roles)
    try admit()
    if let wait = server.rates?.refusal(of: command) {
      server.metrics.refused(1)
      throw Problem(wait: wait)
    }
    let start = ContinuousClock.now
    let outcome = await LogSpan.around(1, delay: server.stock.queueDelay) { await server.stock.submit(command) }
    server.metrics.answered([outcome], to: [command], since: start)
    switch outcome {
    case .accepted, .repeated:
      var json = JSONWriter()
      json.write(outcome)
      return .json(json.bytes)
    case .rejected(let rejection): throw Problem(rejection)
    case .invalid(let message): throw Problem.invalid(message)
    case .busy(let busy): throw Problem(busy)
    case .failed(let failure): throw Problem(failure)
    }
  }

  private static let keyNeeded =
    "the command has no key, by which a repeat is told: name one in the body or in Idempotency-Key (nothing was done)"

  // MARK: Lines

  private func answer(
    lines: [BodyLine], of bytes: [UInt8], from client: ClientName, letsWholeIn: Bool
  ) async throws -> Response {
    if lines.count > CommandRoute.maxLines {
      throw Problem(.contentTooLarge, "too-large", "the body has more than \(CommandRoute.maxLines) lines")
    }
    try admit()
    // The call itself has paid for one.
    if lines.count > 1, let wait = server.rates?.refusal(of: client, lines.count - 1) {
      server.metrics.refused(lines.count)
      throw Problem(wait: wait)
    }
    /// Of the lines that the log is not asked about.
    var refusals: [Int: Outcome] = [:]
    var commands: [Command] = []
    for (index, line) in lines.enumerated() {
      do throws(InvalidCommand) {
        let command = try parse(bytes[line.range], key: nil)
        if needsKey(command, letsWholeIn) {
          refusals[index] = .invalid(CommandRoute.keyNeeded)
        } else if let wait = server.rates?.refusal(of: command) {
          server.metrics.refused(1)
          refusals[index] = .busy(Busy(wait: wait))
        } else {
          commands.append(command)
        }
      } catch {
        refusals[index] = .invalid(error.message)
      }
    }
    // Before anything is done.
    try Caller.user?.require(commands.reduce(into: []) { $0.formUnion($1.operation.roles) })
    let start = ContinuousClock.now
    let judged = commands
    var outcomes = await LogSpan.around(judged.count, delay: server.stock.queueDelay) {
      await server.stock.submit(judged)
    }[...]
    server.metrics.answered(outcomes, to: commands, since: start)
    var json = JSONWriter()
    for (index, line) in lines.enumerated() {
      let outcome = refusals[index] ?? outcomes.popFirst() ?? .failed(.closed)
      json.write(outcome, line: line.number)
      json.newline()
    }
    var response = Response.jsonLines(json.bytes)
    response.headers[.tallySequence] = "\(server.stock.lastSequence)"
    return response
  }

  // MARK: Reading

  private func parse(_ line: ArraySlice<UInt8>, key: Name?) throws(InvalidCommand) -> Command {
    try line.withUnsafeBytes { bytes -> Result<Command, InvalidCommand> in
      do throws(InvalidCommand) { return .success(try CommandParser.parse(bytes, key: key)) } catch {
        return .failure(error)
      }
    }.get()
  }

  /// Something changes, and a repeat could not be told.
  ///
  /// - Parameter letsWholeIn: the caller says that it sends commits and releases again only where the log itself tells a
  ///   repeat: those without lines.
  private func needsKey(_ command: Command, _ letsWholeIn: Bool) -> Bool {
    if server.configuration.allowsUnkeyed || command.key != nil { return false }
    switch command.operation {
    // A reservation's id is its key; what exists, or is not due, stays as it is.
    case .reserve, .register, .expire, .acknowledge, .forgetConsumer: return false
    case .commit(_, nil), .release(_, nil): return !letsWholeIn
    default: return true
    }
  }

  /// At once, before anything is done.
  private func admit() throws {
    let areFew = server.commandCalls.load(ordering: .relaxed) <= CommandRoute.few
    if let delay = server.queueLimit.refusal(areFew: areFew) {
      server.metrics.refused(1)
      throw Problem(Busy(queueDelay: delay, queuedCommands: 0, queuedBytes: 0))
    }
  }

  private static func key(_ text: String) throws -> Name {
    // As a structured header it is a quoted string; many send it bare.
    let isQuoted = text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
    let key = Name(isQuoted ? text.dropFirst().dropLast() : text[...])
    if let flaw = Form.flaw(ofName: key, "Idempotency-Key") { throw Problem.invalid(flaw) }
    return key
  }

  private struct BodyLine {
    /// From 1, empty lines counted, as `tally append` counts.
    let number: Int
    let range: Range<Int>
  }

  /// The lines that hold something.
  private static func lines(_ bytes: [UInt8]) -> [BodyLine] {
    var lines: [BodyLine] = []
    var start = 0
    var number = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      if bytes[start..<end].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
        lines.append(BodyLine(number: number, range: start..<end))
      }
      start = end + 1
      number += 1
    }
    return lines
  }

  /// One JSON text may be spread over lines: only the sender, or a whole object on the first of several, tells.
  private static func isLines(_ request: Request, _ bytes: [UInt8], _ lines: [BodyLine]) -> Bool {
    let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
    if ["application/x-ndjson", "application/jsonl", "application/jsonlines"].contains(type) { return true }
    guard lines.count > 1 else { return false }
    return (try? CommandParser.parse(Array(bytes[lines[0].range]))) != nil
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
  /// `whole`: see ``CommandRoute``.
  static let tallyUnkeyed = HTTPField.Name("Tally-Unkeyed") ?? .ifRange
  static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .ifNoneMatch
}
