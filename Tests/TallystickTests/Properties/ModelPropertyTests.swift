import TallyTestSupport
import Tallystick
import Testing

@Suite("The judge and the naive model")
struct ModelPropertyTests {
  /// What went wrong at which step; `nil`: nothing.
  private static func failure(of steps: [Step]) -> String? {
    var shop = Shop()
    for (index, step) in steps.enumerated() {
      shop.now += step.tick
      let command = step.command(
        clock: shop.now, lastTime: shop.judge.lastTime, lastSequence: shop.judge.lastSequence)
      let (_, difference) = shop.compare(command, asRow: step.asRow)
      if let difference { return "step \(index + 1): \(difference)" }
      guard step.endsFrame || index == steps.count - 1 else { continue }
      do {
        if let flaw = try shop.flush(restoring: index.isMultiple(of: 3)) { return "after step \(index + 1): \(flaw)" }
      } catch {
        return "after step \(index + 1): \(error)"
      }
    }
    return nil
  }

  @Test("agree on random histories, and the events replay to the same state", arguments: Seeds.few(24))
  func agreement(seed: UInt64) {
    var generator = StepGenerator(seed: seed)
    let steps = generator.history(160)
    guard let failure = Self.failure(of: steps) else { return }
    let shrunk = shrink(steps) { Self.failure(of: $0) != nil }
    let story = shrunk.enumerated().map { "  \($0 + 1). \($1)" }.joined(separator: "\n")
    Issue.record(
      """
      \(Self.failure(of: shrunk) ?? failure)
      \(story)
      run again: \(Seeds.replay(seed, of: "ModelPropertyTests"))
      """)
  }

  @Test("random histories take the straight line for each of the plain commands")
  func straightLine() {
    var seen = Set<String>()
    for seed in UInt64(1)...200 where seen.count < 3 {
      var generator = StepGenerator(seed: seed)
      var shop = Shop()
      for step in generator.history(160) {
        shop.now += step.tick
        let command = step.command(
          clock: shop.now, lastTime: shop.judge.lastTime, lastSequence: shop.judge.lastSequence)
        #expect(shop.compare(command).difference == nil)
      }
      seen.formUnion(shop.judge.plainAnswers)
    }
    #expect(seen == ["reserve", "commit", "release"])
  }

  @Test("random histories reach every rule: each answer and reason occurs")
  func coverage() {
    var seen = Set<String>()
    var kinds = Set<EventKind>()
    for seed in UInt64(1)...400 {
      var generator = StepGenerator(seed: seed)
      var model = NaiveModel()
      var now: Int64 = 1_000_000
      for step in generator.history(160) {
        now += step.tick
        let books = model.books
        let command = step.command(clock: now, lastTime: books.lastTime, lastSequence: books.lastSequence)
        switch model.judge(command, clock: now) {
        case .accepted: seen.insert("accepted")
        case .waits: seen.insert("waits")
        case .repeated(_, let state, _, _, _): seen.insert("repeated \(state?.rawValue ?? "")")
        case .rejected(let reason, _, _, _, let index): seen.insert("\(reason)\(index == nil ? "" : " in a batch")")
        case .invalid: seen.insert("invalid")
        }
      }
      kinds.formUnion(model.events.map(\.kind))
    }
    // No command makes those: the writer tells them (RefusalJournalTests).
    #expect(kinds == Set(EventKind.allCases).subtracting([.refused]))
    var missing = Set(Rejection.Reason.allCases.map { "\($0)" })
    missing.formUnion(["accepted", "waits", "invalid", "repeated ", "insufficient in a batch"])
    missing.formUnion(
      ["waiting", "open", "partly-settled", "committed", "released", "expired", "mixed"].map { "repeated \($0)" })
    #expect(missing.subtracting(seen) == [])
  }
}
