import Glibc
import TallyTestSupport
import Testing

@testable import Tallystick

/// How many kills: `TALLY_KILLS=500 swift test --filter KillTests`.
private let kills = getenv("TALLY_KILLS").flatMap { Int(String(cString: $0)) } ?? 20

@Test("a writer killed at random moments has lost nothing that it acknowledged")
func killed() throws {
  let directory = TemporaryDirectory()
  let path = directory.path + "/log"
  try TallyLog.create(path, settings: LogSettings(segmentSize: 64 << 10, snapshotEvery: 500))
  let seed = Seeds.few(1)[0]
  var random = SplitMix64(seed: seed)
  var acknowledged: [String: UInt64] = [:]
  for run in 0..<kills {
    guard let writer = ChildProcess([ChildProcess.built("tally-crash-writer"), path, "\(run)"]) else {
      Issue.record("tally-crash-writer could not be started")
      return
    }
    var output = writer.read(atLeast: Int(random.next() % 12_000))
    writer.kill()
    output += writer.readToEnd()
    #expect(writer.wait() == 128 + SIGKILL)
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let sequence = UInt64(parts[1]) else {
        Issue.record("the writer said \(line)")
        return
      }
      acknowledged[String(parts[0])] = sequence
    }
  }
  let log = try TallyLog(path)
  defer { log.close() }
  #expect(acknowledged.count > 100)
  let timesToLive: (String) -> Int64? = { id in (Int(id.split(separator: "-")[2]) ?? 1) % 5 == 0 ? 20 : nil }
  for (id, sequence) in acknowledged {
    let outcome = log.append(
      Command(.reserve(id: Name(id), [Line(sku: "tea", 1)], timeToLive: timesToLive(id))))
    guard case .repeated(let acceptance) = outcome, acceptance.sequence == sequence else {
      Issue.record("\(id) was acknowledged as event \(sequence), and is now \(outcome) (seed \(seed))")
      return
    }
  }
}
