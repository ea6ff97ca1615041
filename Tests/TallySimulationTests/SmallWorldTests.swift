import TallySimulation
import TallyTestSupport
import Testing

@Suite("A small world")
struct SmallWorldTests {
  @Test("holds every promise at every crash point, whatever survives", arguments: SmallWorld.parts(8))
  func everySurvivingSet(part: SmallWorld.Part) throws { _ = try part.run() }

  @Test("has no crash point with more surviving sets than are tried")
  func bound() throws {
    let world = try SmallWorld()
    #expect(world.momentCount > 100)
    #expect(world.mostCombinations <= SmallWorld.fullBound)
  }

  // Every byte: swift run -c release tally-sim --exhaustive
  @Test("survives a disk that runs full anywhere in any write")
  func fullDisk() throws {
    let disk = try FullDisk()
    for write in stride(from: 0, to: disk.writeCount, by: 3) { _ = try disk.run(write, by: 67) }
  }

  @Test(
    "survives a backup and a repair that fail, or lose power, at any of their calls", arguments: Upkeep.Task.allCases,
    0..<shares)
  func upkeep(task: Upkeep.Task, share: Int) throws {
    let upkeep = try Upkeep(task)
    #expect(upkeep.callCount > 10)
    for call in stride(from: share, to: upkeep.callCount, by: Self.shares) { _ = try upkeep.run(call) }
  }
  /// Of all calls, so that none takes long.
  private static let shares = 8
}
