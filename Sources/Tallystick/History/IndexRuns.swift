/// The runs of a log's index, oldest first: a follower adds to them, and merges make fewer of them, each on a thread of its
/// own.
final class IndexRuns: Sendable {
  /// Runs of like size that are merged into one.
  private static let mergedRuns = 4

  private struct Shared {
    var runs: [IndexRun]
    /// The newest snapshot, at which a run must go on to end: a writer that opens the log begins there.
    var snapshot: UInt64 = 0
  }
  private let shared: Monitor<Shared>

  init(_ runs: [IndexRun]) { shared = Monitor(Shared(runs: runs)) }

  var all: [IndexRun] { shared.access { $0.runs } }
  /// The last event that they cover.
  var last: UInt64 { shared.access { $0.runs.last?.last ?? 0 } }

  func append(_ run: IndexRun) { shared.access { $0.runs.append(run) } }

  func noteSnapshot(_ sequence: UInt64) { shared.access { $0.snapshot = sequence } }

  /// The newest runs up to the newest snapshot, or else behind it, as soon as four are of like size: each name is written
  /// about log4 times, and a look-up touches at most three filters a size.
  var mergeable: [IndexRun]? {
    let shared = shared.access { $0 }
    return IndexRuns.mergeable(shared.runs.filter { $0.last <= shared.snapshot })
      ?? IndexRuns.mergeable(shared.runs.filter { $0.last > shared.snapshot })
  }

  private static func mergeable(_ runs: [IndexRun]) -> [IndexRun]? {
    let newest = runs.suffixOfLikeSize { $0.names.count }
    return newest.count >= IndexRuns.mergedRuns ? Array(newest) : nil
  }

  /// Puts one run in the place of those that it was made of.
  func replaceParts(by run: IndexRun) { shared.access { _ = $0.runs.replaceParts(by: run) } }

  /// Removes the files of other runs up to the last event that these cover: what an interrupted merge has left. Those
  /// beyond are what another process seals at this moment.
  func removeOthers(_ directory: LogDirectory, _ files: any FileSystem) throws(FileError) {
    guard try files.identity(of: directory.index) != nil else { return }
    let runs = all
    let kept = Set(runs.map { IndexRun.fileName($0.first, $0.last) })
    for name in try files.list(directory.index) where !kept.contains(name) {
      guard let range = IndexRun.range(ofFileName: name), let covered = runs.last?.last, range.last <= covered else {
        continue
      }
      try files.removeIfThere(directory.index + "/" + name)
    }
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
