import TallyThreads

/// The runs of a log's index, oldest first: a follower adds to them, and merges make fewer of them, on threads of their
/// own.
final class IndexRuns: Sendable {
  /// Runs of like size that are merged into one.
  private static let mergedRuns = 4
  /// Merges at a time. A large one takes long, and the small runs that are sealed meanwhile must not pile up: each is one
  /// more filter that every new name must pass (28 of them on a log of 100 million settled names, with one merge at a time).
  private static let mostMerges = 2

  /// Runs that become one.
  struct Merge: Sendable {
    let runs: [IndexRun]
    /// Which of those at the same time, from 0.
    let lane: Int
  }

  private struct Shared {
    var runs: [IndexRun]
    /// The newest snapshot, at which a run must go on to end: a writer that opens the log begins there.
    var snapshot: UInt64 = 0
    /// The last event of each merge that is under way.
    var merging = [UInt64?](repeating: nil, count: mostMerges)
  }
  private let shared: Monitor<Shared>

  init(_ runs: [IndexRun]) { shared = Monitor(Shared(runs: runs)) }

  var all: [IndexRun] { shared.access { $0.runs } }
  /// The last event that they cover.
  var last: UInt64 { shared.access { $0.runs.last?.last ?? 0 } }

  func append(_ run: IndexRun) { shared.access { $0.runs.append(run) } }

  func noteSnapshot(_ sequence: UInt64) { shared.access { $0.snapshot = sequence } }

  /// The next merge, if one is due: who takes it must end it with ``end(_:by:)``.
  ///
  /// Due are the newest runs up to the newest snapshot, or else behind it, as soon as four are of like size: each name is
  /// written about log4 times, and a look-up touches at most three filters a size. What lies before a merge that is under
  /// way waits: nearly always it is larger.
  func beginMerge() -> Merge? {
    shared.access { shared in
      guard let lane = shared.merging.firstIndex(of: nil) else { return nil }
      let busy = shared.merging.compactMap { $0 }.max() ?? 0
      let free = shared.runs.filter { $0.first > busy }
      let snapshot = shared.snapshot
      guard
        let runs = IndexRuns.due(free.filter { $0.last <= snapshot })
          ?? IndexRuns.due(free.filter { $0.last > snapshot })
      else { return nil }
      shared.merging[lane] = runs.last?.last
      return Merge(runs: runs, lane: lane)
    }
  }

  private static func due(_ runs: [IndexRun]) -> [IndexRun]? {
    let newest = runs.suffixOfLikeSize { $0.names.count }
    return newest.count >= IndexRuns.mergedRuns ? Array(newest) : nil
  }

  /// Puts one run in the place of those that it was made of; `nil`: it was not made.
  func end(_ merge: Merge, by run: IndexRun?) {
    shared.access { shared in
      shared.merging[merge.lane] = nil
      if let run { _ = shared.runs.replaceParts(by: run) }
    }
  }

  /// Removes the files of other runs: those that lie within one of these (an interrupted merge has left them), and those
  /// that cannot be read. What else is there another process may just have sealed or merged.
  ///
  /// - Parameter removesNewer: that, too. For a writer before its follower seals anything: what an earlier one has sealed behind the
  ///   newest snapshot would overlap with what is sealed now, and neither would lead to the next snapshot.
  func removeOthers(_ directory: LogDirectory, log: LogID, _ files: any FileSystem, removesNewer: Bool)
    throws(FileError)
  {
    guard try files.identity(of: directory.index) != nil else { return }
    let runs = all
    for name in try files.list(directory.index) {
      guard let range = IndexRun.range(ofFileName: name) else { continue }
      if runs.contains(where: { $0.first == range.first && $0.last == range.last }) { continue }
      let path = directory.index + "/" + name
      if removesNewer || runs.contains(where: { $0.first <= range.first && range.last <= $0.last })
        || IndexRuns.isDamaged(path, log: log, files)
      {
        try files.removeIfThere(path)
      }
    }
  }

  private static func isDamaged(_ path: String, log: LogID, _ files: any FileSystem) -> Bool {
    do throws(IndexError) { _ = try IndexRun(path, log: log, files: files) } catch {
      if case .damaged = error { return true }
    }
    return false
  }
}

extension [IndexRun] {
  /// Puts one run in the place of those that it was made of; false: they are not all here.
  mutating func replaceParts(by run: IndexRun) -> Bool {
    guard let first = firstIndex(where: { $0.first == run.first }),
      let last = firstIndex(where: { $0.last == run.last })
    else { return false }
    replaceSubrange(first...last, with: [run])
    return true
  }
}
