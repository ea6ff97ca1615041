import TallyFormat
import TallyThreads

/// The names of one audit, from the ledgers of all its threads.
struct NewNames {
  let ledgers: [LedgerReference]

  var count: Int {
    var count = 0
    for list in 0..<NameLedger.lists {
      for ledger in ledgers { ledger.value.forEachPage(of: list) { count += $0.count } }
    }
    return count
  }

  /// List by list, each sorted.
  func forEachList(_ body: ([UInt64]) throws(FileError) -> Void) throws(FileError) {
    var sorter = NameSorter()
    var names: [UInt64] = []
    for list in 0..<NameLedger.lists {
      names.removeAll(keepingCapacity: true)
      for ledger in ledgers { ledger.value.forEachPage(of: list) { names.append(contentsOf: $0) } }
      sorter.sort(&names, sharing: NameLedger.listBits)
      try body(names)
    }
  }
}

/// All names of a log, as fingerprints in files, of which an audit adds one; the last ones are written together when they
/// are eight and come to five times the largest of them, so that a name is written anew a few times, whatever comes.
struct NameRuns {
  private static let fewest = 8
  /// Fingerprints that are sorted at a time.
  private static let slice = 1 << 16

  let folder: String
  let files: any FileSystem

  /// Writes the new names to a file, and says which of them were used before: exactly these fingerprints, and in one
  /// log of 100 million names in 3,000 perhaps one that another name has.
  ///
  /// A second thread looks through the files before while this one writes, if the system has one.
  ///
  /// - Parameters:
  ///   - runs: those before.
  ///   - key: what they are tagged with; `nil`: they were looked at as a whole.
  func enter(
    _ names: NewNames, _ name: String, _ newKey: TagKey, after runs: [RememberedAudit.NameRun], _ key: TagKey?
  ) throws(FileError) -> (entered: Entered?, used: Set<UInt64>) {
    let count = names.count
    if count == 0 { return (nil, []) }
    let search = NameRunsSearch(names)
    for run in runs { search.add(try NameRunSearch(run, key, in: folder, files, expected: count)) }
    let thread = JoinedThreads(runs.isEmpty ? 0 : 1) { search.run() }
    let writer = try NameRunWriter(name, count: count, newKey, in: folder, files)
    try names.forEachList { sorted throws(FileError) in try writer.append(sorted) }
    let run = try writer.finish()
    thread.join()
    return (Entered(run: run, writer: writer), try search.result())
  }

  /// Names that have been written, and are being made durable.
  struct Entered {
    let run: RememberedAudit.NameRun
    let writer: NameRunWriter
  }

  /// How many of the last files, with so many names, are to be written together; 0: none.
  static func together(_ counts: [Int]) -> Int {
    var (sum, largest) = (0, 0)
    for (place, count) in counts.reversed().enumerated() {
      sum += count
      largest = max(largest, count)
      if place + 1 >= fewest, sum / 5 >= largest { return place + 1 }
    }
    return 0
  }

  /// Writes files together.
  ///
  /// - Parameter runs: with the key of each, as ``enter(_:_:_:after:_:)`` takes it.
  func merge(
    _ runs: [(RememberedAudit.NameRun, TagKey?)], _ name: String, _ newKey: TagKey
  ) throws(FileError) -> RememberedAudit.NameRun {
    var streams: [NameRunStream] = []
    for (run, key) in runs { streams.append(try NameRunStream(run, key, in: folder, files)) }
    defer { for stream in streams { stream.file.close() } }
    let count = runs.reduce(0) { $0 + $1.0.count }
    let writer = try NameRunWriter(name, count: count, newKey, in: folder, files)
    var bits = 0
    while count >> bits > NameRuns.slice { bits += 1 }
    var sorter = NameSorter()
    var names: [UInt64] = []
    for slice in 0..<(UInt64(1) << UInt64(bits)) {
      names.removeAll(keepingCapacity: true)
      let end = bits == 0 ? UInt64.max : slice << UInt64(64 - bits) | UInt64.max >> UInt64(bits)
      for stream in streams { try stream.take(upTo: end, into: &names) }
      sorter.sort(&names, sharing: bits)
      try writer.append(names)
    }
    let merged = try writer.finish()
    try writer.endSync()
    return merged
  }
}

/// Looks for an audit's names in all files before it.
private final class NameRunsSearch: @unchecked Sendable {
  private let names: NewNames
  // Belong to one thread at a time.
  private var searches: [NameRunSearch] = []
  private var used = Set<UInt64>()
  private var failure: FileError?
  private var isDone = false

  init(_ names: NewNames) { self.names = names }

  deinit { for search in searches { search.file.close() } }

  func add(_ search: NameRunSearch) { searches.append(search) }

  func run() {
    isDone = true
    do throws(FileError) {
      try names.forEachList { sorted throws(FileError) in
        for search in searches { try search.find(sorted, &used) }
      }
    } catch {
      failure = error
    }
  }

  /// What was found; it is looked for now if the system had no thread for that.
  func result() throws(FileError) -> Set<UInt64> {
    if !isDone { run() }
    if let failure { throw failure }
    return used
  }
}
