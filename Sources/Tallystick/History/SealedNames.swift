import Glibc

/// The sealed index runs of a log, oldest first, and the log behind them: what a writer knows of names that memory no
/// longer holds.
///
/// A new name costs one cache miss a run (its filter); runs are merged so that there are about three times log4 of them.
final class SealedNames: NameHistory, @unchecked Sendable {
  // Confined to the thread that judges; handed to it whole, so that no lock is needed.
  private(set) var runs: [IndexRun]
  /// The runs' filters side by side: looking through the runs themselves would count references for each name.
  private let filters: [NameFilter]
  private let locator: FrameLocator
  private(set) var failure: LogFailure?

  convenience init(_ runs: [IndexRun], _ source: any FrameSource) {
    self.init(runs, FrameLocator(source), nil)
  }

  private init(_ runs: [IndexRun], _ locator: FrameLocator, _ failure: LogFailure?) {
    self.runs = runs
    filters = runs.map(\.filter)
    self.locator = locator
    self.failure = failure
  }

  /// The same with one run in the place of those that it was made of; `nil`: they are not all here.
  func replacing(by run: IndexRun) -> SealedNames? {
    var runs = runs
    return runs.replaceParts(by: run) ? SealedNames(runs, locator, failure) : nil
  }

  var coveredSequence: UInt64 { runs.last?.last ?? 0 }

  func mayContain(_ fingerprint: UInt64) -> Bool {
    for index in filters.indices where filters[index].mayContain(fingerprint) { return true }
    return false
  }

  func prefetch(_ fingerprints: UnsafeBufferPointer<UInt64>) {
    for index in filters.indices { filters[index].prefetch(fingerprints) }
  }

  func mark(_ fingerprints: UnsafeBufferPointer<UInt64>, _ known: UnsafeMutableBufferPointer<Bool>) {
    for index in filters.indices { filters[index].mark(fingerprints, known) }
  }

  func candidates(_ fingerprint: UInt64) -> [SealedName] {
    var found = [SealedName]()
    // Filter by filter: to look at a run counts references.
    for index in filters.indices where filters[index].mayContain(fingerprint) {
      let run = runs[index]
      do throws(IndexError) {
        for record in try run.names.records(fingerprint) {
          guard record[1] >= run.first, record[1] <= run.last else {
            throw .damaged("names event \(record[1]), which it does not cover")
          }
          found.append(SealedName(sequence: record[1], content: record[2]))
        }
      } catch {
        fail(.index(path: run.path, reason: error.description))
      }
    }
    return found
  }

  func closing(of reservation: UInt64) -> SealedClosing? {
    // The newest first: one that was reopened has been closed several times.
    for run in runs.reversed() where run.last > reservation {
      do throws(IndexError) {
        var last: SealedClosing?
        for record in try run.closings.records(reservation) {
          guard let closing = SealedClosing(words: record), closing.isClosing else { continue }
          if last.map({ $0.closing.sequence < closing.closing.sequence }) ?? true { last = closing }
        }
        if let last { return last }
      } catch {
        fail(.index(path: run.path, reason: error.description))
      }
    }
    return nil
  }

  func returned(to reservation: UInt64) -> [LineEntry] {
    var lines = [LineEntry]()
    for event in returns(of: reservation) {
      do throws(TallyError) {
        let frame = try locator.frame(holding: event)
        guard let row = frame.row(at: event), row.kind == .returnedOf else { continue }
        lines += frame.columns.returnedOf.lines[row.ordinal]
      } catch {
        fail(.unreadable(error))
      }
    }
    return lines
  }

  /// The events by which something of a reservation has come back.
  func returns(of reservation: UInt64) -> [UInt64] { events(of: reservation, .returned) }

  /// The events that reopened a reservation.
  func reopenings(of reservation: UInt64) -> [UInt64] { events(of: reservation, .reserved) }

  private func events(of reservation: UInt64, _ kind: EventKind) -> [UInt64] {
    var events = [UInt64]()
    for run in runs where run.last > reservation {
      do throws(IndexError) {
        for record in try run.closings.records(reservation) {
          if let closing = SealedClosing(words: record), closing.closing.kind == kind {
            events.append(closing.closing.sequence)
          }
        }
      } catch {
        fail(.index(path: run.path, reason: error.description))
      }
    }
    return events.sorted()
  }

  func life(of reservation: UInt64, through sequence: UInt64) -> OrderLife? {
    var life = OrderLife(reservation)
    var next = reservation
    do throws(TallyError) {
      while next <= sequence {
        let frame = try locator.frame(holding: next)
        var cursor = EventColumns.Cursor()
        while let row = frame.columns.next(&cursor), row.sequence <= sequence {
          if row.sequence >= reservation { life.fold(frame.columns, row) }
        }
        next = frame.columns.nextSequence
      }
    } catch {
      fail(.unreadable(error))
    }
    return life
  }

  func record(at sequence: UInt64) -> NameRecord? {
    do throws(TallyError) {
      return try locator.frame(holding: sequence).nameRecord(at: sequence)
    } catch {
      fail(.unreadable(error))
      return nil
    }
  }

  private func fail(_ cause: LogFailure) { if failure == nil { failure = cause } }

  /// Times that the files are listed again because one was gone before it was opened.
  private static let listings = 8

  /// Of the runs that there are, for a question or two: they are opened, and their filters left where they are. Some 20
  /// µs a run, and for each name some three pages.
  static func forQuestions(_ stored: StoredLog, warn: (String) -> Void) -> SealedNames {
    SealedNames(load(stored, readsFilters: false, warn: warn), stored.source)
  }

  /// The runs that cover the log from its beginning without a gap, as far as they can be trusted.
  static func load(_ stored: StoredLog, readsFilters: Bool = true, warn: (String) -> Void) -> [IndexRun] {
    let (directory, files) = (stored.directory, stored.files)
    var opened: [String: IndexRun] = [:]
    var damaged: [String: IndexError] = [:]
    var runs: [IndexRun]?
    for _ in 0..<listings {
      guard let names = try? files.list(directory.index) else { break }
      let ranges = names.compactMap { name in IndexRun.range(ofFileName: name).map { (name: name, range: $0) } }
      var isGone = false
      // Without one that cannot be used there may be another way.
      while !isGone {
        let chain = longestChain(ranges.filter { damaged[$0.name] == nil })
        guard let next = chain.first(where: { opened[$0.name] == nil }) else {
          runs = chain.compactMap { opened[$0.name] }
          break
        }
        do throws(IndexError) {
          let run = try IndexRun(
            directory.index + "/" + next.name, log: stored.log, readsFilter: readsFilters, files: files)
          guard run.first == next.range.first, run.last == next.range.last else {
            throw .damaged("is not what its name says")
          }
          opened[next.name] = run
        } catch {
          // Another process has merged it: the merged run stands there now.
          if case .file(let cause) = error, cause.code == ENOENT { isGone = true } else { damaged[next.name] = error }
        }
      }
      if !isGone { break }
    }
    for (name, error) in damaged.sorted(by: { $0.key < $1.key }) { warn("the index \(name) is not used: it \(error)") }
    // If files came and went all the time: what is open is sound, whether or not it still has a name.
    return runs ?? longestChain(opened.map { ($0.key, ($0.value.first, $0.value.last)) }).compactMap { opened[$0.name] }
  }

  private typealias Entry = (name: String, range: (first: UInt64, last: UInt64))

  /// The runs that lead furthest from the log's beginning, each beginning where the one before ends, and the fewest of
  /// those: where runs overlap, a merge was interrupted, or two processes have sealed.
  private static func longestChain(_ runs: [Entry]) -> [Entry] {
    // By the event that comes next.
    var chains: [UInt64: [Entry]] = [1: []]
    for run in runs.sorted(by: { $0.range.first < $1.range.first }) {
      guard let before = chains[run.range.first] else { continue }
      let next = run.range.last &+ 1
      if let other = chains[next], other.count <= before.count + 1 { continue }
      chains[next] = before + [run]
    }
    return chains.max { $0.key < $1.key }?.value ?? []
  }
}

extension LocatedFrame {
  /// What the event at `sequence` brought into the name space, if it brought a name.
  func nameRecord(at sequence: UInt64) -> NameRecord? {
    guard let row = row(at: sequence) else { return nil }
    if row.kind == .reserved {
      return NameRecord(
        sequence: sequence, time: row.time, name: columns.reserved.ids[row.ordinal],
        meaning: .reservation(
          lines: Array(columns.reserved.lines[row.ordinal]), customer: columns.reserved.customers[row.ordinal],
          timeToLive: Int64(columns.reserved.timesToLive[row.ordinal])),
        asked: columns.asked(of: row).map { Array($0) })
    }
    if row.kind == .waiting {
      return NameRecord(
        sequence: sequence, time: row.time, name: columns.waiting.ids[row.ordinal],
        meaning: .reservation(
          lines: Array(columns.waiting.lines[row.ordinal]), customer: columns.waiting.customers[row.ordinal],
          timeToLive: Int64(columns.waiting.timesToLive[row.ordinal])),
        asked: columns.asked(of: row).map { Array($0) })
    }
    guard let (key, digest) = columns.key(of: row) else { return nil }
    let results = row.kind == .batch ? Array(columns.batches.results(row.ordinal)) : []
    return NameRecord(
      sequence: sequence, time: row.time, name: key, meaning: .key(digest, answer: sequence, results: results))
  }
}
