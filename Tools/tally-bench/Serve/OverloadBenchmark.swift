import Glibc
import Tallystick

/// What a server does with ten times of what it can: how much of it still gets done, and how long that takes. The same with
/// a server that knows no refusal for lack of time, where one is installed. Server and clients each have half of the
/// processors: see ``Processors``.
struct Overload {
  private static let clients = 200
  /// Rates that are tried for the peak, each twice the one before.
  private static let firstRate = 10_000.0
  private static let mostRates = 8

  private struct Found {
    var peak: OpenLoop.Result
    var unloaded: OpenLoop.Result
    var overloaded: OpenLoop.Result
    /// KiB before and in the end.
    var memory: (before: Int, after: Int)
  }

  func measure(_ run: Run) throws -> Figure {
    // Of each rate; --events 1000000 is ten seconds.
    let time = max(0.5, min(10, Double(run.events(default: 150_000)) / 100_000))
    let ours = try tallystick(run, time)
    var detail = describe("", ours)
    for peer in RedisPeer.installed where peer.threads == 1 {
      if let found = try? measure(peer, run, time) { detail += describe("\(peer.name): ", found) }
    }
    return Figure(
      value: ours.overloaded.goodput, unit: "reservations/s", reference: "its peak",
      ratio: ours.overloaded.goodput / ours.peak.goodput, detail: detail)
  }

  private func describe(_ name: String, _ found: Found) -> [(String, String)] {
    let p99 = found.overloaded.times[0.99] * 1e6
    let calm = found.unloaded.times[0.99] * 1e6
    return [
      ("\(name)peak, /s", grouped(found.peak.goodput)),
      ("\(name)p50 at a tenth of it, µs", number(found.unloaded.times[0.5] * 1e6)),
      ("\(name)p99 at a tenth of it, µs", number(calm)),
      ("\(name)offered, /s", grouped(found.overloaded.offered)),
      ("\(name)taken by the connections, /s", grouped(Double(found.overloaded.sent) / found.overloaded.seconds)),
      ("\(name)goodput, /s", grouped(found.overloaded.goodput)),
      ("\(name)goodput over peak", number(found.overloaded.goodput / found.peak.goodput)),
      ("\(name)refused, /s", grouped(Double(found.overloaded.refused) / found.overloaded.seconds)),
      ("\(name)p50 of accepted, µs", number(found.overloaded.times[0.5] * 1e6)),
      ("\(name)p99 of accepted, µs", number(p99)), ("\(name)p99 over unloaded", number(p99 / calm)),
      ("\(name)MiB before", number(Double(found.memory.before) / 1_024)),
      ("\(name)MiB after", number(Double(found.memory.after) / 1_024)),
    ]
  }

  /// - Parameter command: writes the n-th of all, which is another order each.
  private func measure(
    _ server: ServedProcess, _ time: Double, _ command: (Int, inout [UInt8]) -> Void
  ) throws -> Found {
    let loop = OpenLoop(port: server.port, clients: Overload.clients)
    var order = 0
    func at(_ rate: Double) throws -> OpenLoop.Result {
      let first = order
      order += Int(rate * time) + Overload.clients
      return try Processors().forClients {
        try loop.run(rate: rate, for: time) { index, output in command(first + index, &output) }
      }
    }
    _ = try at(Overload.firstRate)
    let before = server.residentKilobytes
    var rate = Overload.firstRate
    var peak = try at(rate)
    for _ in 1..<Overload.mostRates {
      rate *= 2
      let result = try at(rate)
      if result.goodput > peak.goodput { peak = result }
      // Far beyond what it can it only gets worse.
      if result.goodput < rate / 2 { break }
    }
    let unloaded = try at(peak.goodput / 10)
    let overloaded = try at(peak.goodput * 10)
    return Found(
      peak: peak, unloaded: unloaded, overloaded: overloaded, memory: (before, server.residentKilobytes))
  }

  private func tallystick(_ run: Run, _ time: Double) throws -> Found {
    let server = try Serve.start(run, "overload", with: Processors().forServer)
    return try measure(server, time) { index, output in
      Serve.reserve(index, into: &output)
    }
  }

  private func measure(_ peer: RedisPeer, _ run: Run, _ time: Double) throws -> Found {
    let (server, script) = try peer.start(run, "overload-peer", with: Processors().forServer)
    return try measure(server, time) { index, output in RedisPeer.write(index, script, into: &output) }
  }
}
