import TallyTestSupport
import TallyThreads
import Testing

@testable import Tallystick

@Suite("Gathered commands")
struct GatheredCommandsTests {
  private static let items: [ItemName] = [
    ItemName(sku: "tea"), ItemName(sku: "cup"), ItemName(sku: "tea", location: "berlin"), ItemName(sku: "none"),
    ItemName(sku: "tea", location: "*"),
  ]

  private static func command(_ random: inout SplitMix64, _ number: Int) -> Command {
    let id = Name("order-\(random.number(0...max(1, number)))")
    let line = Line(items[random.number(0...items.count - 1)], Int64(random.number(0...40)))
    switch random.number(0...11) {
    case 0: return Command(.commit(id: id))
    case 1: return Command(.release(id: id))
    case 2: return Command(.commit(id: id), key: Name("key-\(number)"))
    case 3: return Command(.reserve(id: id, [line], customer: "c"))
    case 4: return Command(.receive([Line(sku: "tea", 5)]), key: Name("key-\(number)"))
    case 5: return Command(.reserve(id: id, [line, Line(sku: "cup", 1)]))
    case 6: return Command(.reserve(id: id, [line], timeToLive: Int64(random.number(0...500))))
    case 7: return Command(.reserve(id: Name(bytes: [0xFF]), [line]))
    default: return Command(.reserve(id: Name("order-\(number)"), [line], timeToLive: 10_000))
    }
  }

  /// As a front end does it: the plain ones from bytes, what that does not take whole.
  private static func gather(_ commands: [Command], into gathered: inout GatheredCommands) {
    for command in commands {
      guard case .reserve(let id, let lines, nil, let timeToLive, nil) = command.operation, lines.count == 1 else {
        gathered.append(command)
        continue
      }
      let isTaken = id.bytes.withUnsafeBufferPointer { id in
        lines[0].item.sku.bytes.withUnsafeBufferPointer { sku in
          lines[0].item.location.bytes.withUnsafeBufferPointer {
            gathered.reserve(id: id, sku: sku, location: $0, quantity: lines[0].quantity, timeToLive: timeToLive)
          }
        }
      }
      if !isTaken { gathered.append(command) }
    }
  }

  private static func outcomes(_ answers: CommandAnswers, _ range: Range<Int>) -> [Outcome] {
    var outcomes: [Outcome] = []
    answers.visit(
      range,
      accepted: { commands, first in
        for offset in 0..<UInt64(commands.count) {
          outcomes.append(.accepted(Acceptance(sequence: first + offset)))
        }
      }, other: { outcomes.append($1) })
    return outcomes
  }

  @Test("are judged and answered as the same commands one by one", arguments: 0..<20)
  func agree(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let clock = ManualClock(1_000_000)
    let (first, second) = (try TestLog(), try TestLog())
    let one = try first.open { $0.clock = { clock.now } }
    let other = try second.open { $0.clock = { clock.now } }
    defer {
      one.close()
      other.close()
    }
    for log in [one, other] {
      _ = log.append(Command(.receive(Self.items.prefix(3).map { Line($0, 300) })))
    }
    var gathered = other.gatherCommands()
    var number = 0
    for _ in 0..<12 {
      let commands = (0..<random.number(1...200)).map { _ in
        number += 1
        return Self.command(&random, number)
      }
      clock.now += Int64(random.number(0...400))
      let expected = one.append(commands)
      gathered.removeAll()
      Self.gather(commands, into: &gathered)
      #expect(gathered.count == commands.count)
      let reservations = commands.count { $0.operation.reservationID != nil }
      #expect(gathered.reservationCount(0..<commands.count) == reservations)
      let reply = Reply<CommandAnswers>()
      other.hand(gathered) { reply.send($0) }
      let answers = reply.wait()
      #expect(Self.outcomes(answers, 0..<commands.count) == expected, "seed \(seed)")
      let start = random.number(0...commands.count - 1)
      let part = start..<random.number(start...commands.count)
      #expect(Self.outcomes(answers, part) == Array(expected[part]), "seed \(seed)")
    }
    #expect(one.lastSequence == other.lastSequence, "seed \(seed)")
    one.close()
    other.close()
    #expect(try first.audit().stateDigest == second.audit().stateDigest, "seed \(seed)")
  }

  @Test("of a log that fails are all unknown, but those that are no commands")
  func failed() throws {
    let test = try TestLog()
    let log = try test.open()
    var gathered = log.gatherCommands()
    gathered.append(Command(.reserve(id: "o1", [Line(sku: "tea", 1)])))
    log.close()
    let reply = Reply<CommandAnswers>()
    log.hand(gathered) { reply.send($0) }
    #expect(Self.outcomes(reply.wait(), 0..<1) == [.failed(.closed)])

    var answers = CommandAnswers()
    answers.appendAccepted(2, from: 7)
    answers.append(.invalid("no"))
    answers.append(.rejected(Rejection(.insufficient, at: 8)))
    answers.appendAccepted(1, from: 9)
    let unknown = Outcome.failed(.closed)
    #expect(
      Self.outcomes(answers.orFailed(.closed), 0..<5) == [unknown, unknown, .invalid("no"), unknown, unknown])
  }
}
