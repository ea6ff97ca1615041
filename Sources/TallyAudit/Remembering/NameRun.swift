import TallyFormat

/// Fingerprints in a file, ascending, read once from its beginning to its end. One thread at a time.
final class NameRunReader {
  private static let bufferBytes = 1 << 20
  private let run: RememberedAudit.File
  private let path: String
  private let file: any LogFile
  private var buffer: [UInt8] = []
  private var place = 0
  private var taken = 0
  private var stream = DigestStream()
  /// The next one; `nil`: there is none left.
  private(set) var next: UInt64?

  init(_ run: RememberedAudit.File, in folder: String, _ files: any FileSystem) throws(FileError) {
    self.run = run
    path = "\(folder)/\(run.name)"
    guard try files.identity(of: path) != nil else { throw AuditMemory.altered(path, "it is gone") }
    file = try files.open(path, .read)
    guard run.bytes % 8 == 0, try file.size() == run.bytes else { throw AuditMemory.altered(path) }
    try advance()
  }

  /// Goes on to the one after ``next``.
  ///
  /// - Throws: `FileError`, with the code `EBADMSG` at the end if the file is not as it was written.
  @inline(__always)
  func advance() throws(FileError) {
    if place == buffer.count {
      guard try refill() else { return }
    }
    next = buffer.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    place += 8
  }

  /// False at the end.
  private func refill() throws(FileError) -> Bool {
    let count = min(NameRunReader.bufferBytes, run.bytes - taken)
    place = 0
    guard count > 0 else {
      buffer = []
      next = nil
      guard stream.digest == run.digest else { throw AuditMemory.altered(path) }
      return false
    }
    buffer = try file.bytes(at: taken, count: count)
    guard buffer.count == count else { throw AuditMemory.altered(path) }
    taken += count
    buffer.withUnsafeBytes { stream.update($0) }
    return true
  }

  /// Those of some ascending ones that are among those that come up to the last of them, which this passes.
  func common(with sorted: [UInt64], upTo end: UInt64, _ found: inout Set<UInt64>) throws(FileError) {
    var index = 0
    while let there = next, there <= end {
      while index < sorted.count, sorted[index] < there { index += 1 }
      if index < sorted.count, sorted[index] == there { found.insert(there) }
      try advance()
    }
  }
}

/// All names of a log, as fingerprints in files: one for each audit, until two are so much alike in size that they are
/// written together. A name is written anew once for each doubling of the log.
struct NameRuns {
  let folder: String
  let files: any FileSystem

  /// Which of the new names were used before: exactly these fingerprints, and in one log of 100 million names in 3,000
  /// perhaps one that another name has. Reads every file once, 8 bytes a name.
  func used(_ names: NewNames, _ runs: [RememberedAudit.File]) throws(FileError) -> Set<UInt64> {
    var found = Set<UInt64>()
    if names.isEmpty { return found }
    for run in runs {
      let reader = try NameRunReader(run, in: folder, files)
      try names.forEachList { sorted, end throws(FileError) in try reader.common(with: sorted, upTo: end, &found) }
    }
    return found
  }

  /// The files with the new names, too.
  ///
  /// - Parameter label: makes the names of new files.
  func adding(
    _ names: NewNames, to runs: [RememberedAudit.File], label: String
  ) throws(FileError) -> [RememberedAudit.File] {
    if names.isEmpty { return runs }
    let file = try HashedFile("names-\(label)", in: folder, files)
    try names.forEachList { sorted, _ throws(FileError) in
      for name in sorted { try file.append(name) }
    }
    var runs = runs + [try file.finish()]
    var merges = 0
    while runs.count > 1, runs[runs.count - 2].bytes <= 2 * runs[runs.count - 1].bytes {
      merges += 1
      let (second, first) = (runs.removeLast(), runs.removeLast())
      runs.append(try merge(first, second, "names-\(label)-\(merges)"))
    }
    return runs
  }

  private func merge(
    _ first: RememberedAudit.File, _ second: RememberedAudit.File, _ name: String
  ) throws(FileError) -> RememberedAudit.File {
    let a = try NameRunReader(first, in: folder, files)
    let b = try NameRunReader(second, in: folder, files)
    let file = try HashedFile(name, in: folder, files)
    while true {
      switch (a.next, b.next) {
      case (nil, nil): return try file.finish()
      case (let left?, let right?) where left <= right:
        try file.append(left)
        try a.advance()
      case (let left?, nil):
        try file.append(left)
        try a.advance()
      case (_, let right?):
        try file.append(right)
        try b.advance()
      }
    }
  }
}

/// The names of one audit, from the ledgers of all its threads.
struct NewNames {
  let ledgers: [LedgerReference]

  var isEmpty: Bool {
    ledgers.allSatisfy { ledger in
      (0..<NameLedger.lists).allSatisfy { list in
        var count = 0
        ledger.value.forEachPage(of: list) { count += $0.count }
        return count == 0
      }
    }
  }

  /// List by list, each sorted, and the largest fingerprint that its list may have.
  func forEachList(_ body: ([UInt64], _ end: UInt64) throws(FileError) -> Void) throws(FileError) {
    for list in 0..<NameLedger.lists {
      var names: [UInt64] = []
      for ledger in ledgers { ledger.value.forEachPage(of: list) { names.append(contentsOf: $0) } }
      names.sort()
      try body(names, NameLedger.last(of: list))
    }
  }
}
