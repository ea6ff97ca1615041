import TallyTestSupport
import TallyThreads
import Testing

/// A server that is killed again and again under clients that reserve, and send again by id whatever was not answered.
///
/// In the end every answer that any client ever got is in the log, with that number, and no order is there twice.
struct KilledServer {
  let kills: Int
  let clients: Int

  private struct Shared {
    var port = 0
    /// Of the server, from 0.
    var life = 0
    /// By id, the answers that clients got.
    var answers: [String: Set<Int64>] = [:]
    var isOver = false
    var running = 0
  }

  func run() throws {
    let shared = Monitor(Shared())
    var server = try ServingProgram()
    _ = try server.client()("STOCK.RECEIVE", "tea", "100000000", "KEY", "po")
    shared.access { $0.port = server.port }
    for client in 0..<clients {
      shared.access { $0.running += 1 }
      try #require(
        DedicatedThread.start {
          self.sell(client, shared)
          shared.signal { $0.running -= 1 }
        })
    }
    for kill in 1...kills {
      // Some answers each time, so that every life of the server has some.
      let wanted = kill * clients * 5
      _ = shared.wait { $0.answers.count >= wanted ? true : nil }
      server.kill()
      server = try ServingProgram(in: server.directory, makesLog: false)
      shared.signal {
        $0.port = server.port
        $0.life += 1
      }
    }
    shared.signal { $0.isOver = true }
    _ = shared.wait { $0.running == 0 ? true : nil }
    let answers = shared.access { $0.answers }
    let checker = try server.client()
    for (id, numbers) in answers {
      #expect(numbers.count == 1, "\(id) has the numbers \(numbers)")
      #expect(try checker("STOCK.SHOW", id)["seq"]?.number == numbers.first, "\(id)")
    }
    #expect(server.end().status == 0)
    let verdict = server.verdict()
    #expect(verdict.contains("\"verdict\":\"proven\""), "\(verdict)")
    // No client left before its last order was answered.
    #expect(verdict.contains("\"reservations\":\(answers.count),"), "\(answers.count) orders: \(verdict)")
  }

  /// One order after the other, each until it is answered, each twice.
  private func sell(_ number: Int, _ shared: Monitor<Shared>) {
    var connection: TestClient?
    var order = 0
    var isTried = false
    while true {
      let (port, life, isOver) = shared.access { ($0.port, $0.life, $0.isOver) }
      if isOver, order % 2 == 0, !isTried { return }
      let id = "o\(number)-\(order / 2)"
      do {
        let client = try connection ?? TestClient(.tcp(port: port), isQuiet: true)
        connection = client
        isTried = true
        let reply = try client("STOCK.RESERVE", id, "tea", "1")
        guard let sequence = reply.number else {
          Issue.record("\(id): \(reply)")
          return
        }
        _ = shared.signal { $0.answers[id, default: []].insert(sequence) }
        order += 1
        isTried = false
      } catch {
        // The server is gone: the next one says when it is there. (Or it ended just when it had said so.)
        connection = nil
        _ = shared.wait(timeout: 100) { $0.life != life || $0.isOver ? true : nil }
      }
    }
  }
}
