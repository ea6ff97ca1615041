import Tallystick

/// The auditor's replay.
struct Verify {
  let jobs: Int

  func measure(_ run: Run) throws -> Figure {
    throw BenchmarkError("not linked with TallyAudit yet")
  }
}
