/// Fixed-size records, sorted by their first word, in pages of 4,096 bytes that each carry a check.
///
/// A page is 4,080 bytes of records, its ``place(_:)``, and SipHash-1-3 (keyed by the log's id) of what stands before.
struct IndexPages: Sendable {
  static let pageBytes = 4096
  static let payloadBytes = 4080

  let file: any LogFile
  let offset: Int
  let count: Int
  /// Words of 8 bytes a record.
  let words: Int
  let hash: SipHash
  /// Of the run.
  let frameHash: Digest
  /// The keys are spread evenly over all numbers.
  let isSpread: Bool
  /// The first key of every 16th page, where they were written just now: a search then begins at the right page, or beside
  /// it, nearly always. Only a hint: what pages say decides.
  var fences: [UInt64] = []
  static let fencePages = 16

  /// What a page at `offset` of a run's file carries: its offset, and the first 8 bytes of the hash of the run's last frame,
  /// XOR. A sound page of another file, or of another place, is not taken for it.
  static func place(_ offset: Int, _ frameHash: Digest) -> UInt64 {
    frameHash.bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } ^ UInt64(offset)
  }

  var recordsPerPage: Int { IndexPages.payloadBytes / (words * 8) }
  var pageCount: Int { (count + recordsPerPage - 1) / recordsPerPage }
  static func bytes(count: Int, words: Int) -> Int {
    let each = payloadBytes / (words * 8)
    return (count + each - 1) / each * pageBytes
  }

  /// The words of some pages, back to back.
  func words(of range: Range<Int>) throws(IndexError) -> [UInt64] {
    let at = offset + range.lowerBound * IndexPages.pageBytes
    let byteCount = range.count * IndexPages.pageBytes
    let wordCount = (min(count, range.upperBound * recordsPerPage) - range.lowerBound * recordsPerPage) * words
    var failure: IndexError?
    let result = [UInt64](unsafeUninitializedCapacity: byteCount / 8) { buffer, initialized in
      do throws(FileError) {
        let raw = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<byteCount])
        guard try file.read(into: raw, at: at) == byteCount else {
          failure = .damaged("ends too early")
          return
        }
      } catch {
        failure = .file(error)
        return
      }
      // Each page's words move up to those of the page before.
      let wordsPerPage = recordsPerPage * words
      for place in 0..<range.count {
        let page = Page(
          raw: UnsafeRawBufferPointer(
            start: buffer.baseAddress! + place * IndexPages.pageBytes / 8, count: IndexPages.pageBytes),
          count: wordsPerPage)
        guard isSound(page.raw, at: at + place * IndexPages.pageBytes) else {
          failure = .damaged("page \(range.lowerBound + place) does not match its check")
          return
        }
        let target = buffer.baseAddress! + place * wordsPerPage
        for word in 0..<page.count { target[word] = page[word] }
      }
      initialized = wordCount
    }
    if let failure { throw failure }
    return result
  }

  /// Whether a page's bytes match its check, and belong there.
  private func isSound(_ raw: UnsafeRawBufferPointer, at place: Int) -> Bool {
    let page = Page(raw: raw, count: IndexPages.pageBytes / 8)
    let checked = UnsafeRawBufferPointer(rebasing: raw[0..<(IndexPages.pageBytes - 8)])
    return checked.withMemoryRebound(to: UInt8.self) { hash($0) } == page[page.count - 1]
      && page[page.count - 2] == IndexPages.place(place, frameHash)
  }

  /// The words of a page.
  private struct Page {
    let raw: UnsafeRawBufferPointer
    /// Words in it.
    let count: Int
    @inline(__always) subscript(word: Int) -> UInt64 {
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
    }
  }

  /// - Parameter isTrusted: whether the page's check need not be looked at, by what stands in it.
  private func withPage<R>(
    _ index: Int, isTrusted: (Page) -> Bool = { _ in false }, _ body: (Page) -> R
  ) throws(IndexError) -> R {
    let at = offset + index * IndexPages.pageBytes
    let count = min(recordsPerPage, count - index * recordsPerPage) * words
    let result = withUnsafeTemporaryAllocation(byteCount: IndexPages.pageBytes, alignment: 8) {
      buffer -> Result<R, IndexError> in
      do throws(FileError) {
        guard try file.read(into: buffer, at: at) == buffer.count else { return .failure(.damaged("ends too early")) }
      } catch {
        return .failure(.file(error))
      }
      let raw = UnsafeRawBufferPointer(buffer)
      let (isTrusted, body) = (isTrusted, body)
      if isTrusted(Page(raw: raw, count: count)) { return .success(body(Page(raw: raw, count: count))) }
      guard isSound(raw, at: at) else { return .failure(.damaged("page \(index) does not match its check")) }
      return .success(body(Page(raw: raw, count: count)))
    }
    return try result.get()
  }

  /// Probes that follow the spread of the keys; then, and where they are not spread, the middle is taken: nobody can
  /// make a search long by choosing keys.
  private static let spreadProbes = 8

  /// Every record whose first word is `key`.
  ///
  /// Cost: two or three pages of evenly spread keys, nearly always one with fences, the logarithm of the pages of others;
  /// some 1 µs a page, and 1.5 µs for the check of the last.
  func records(_ key: UInt64) throws(IndexError) -> [[UInt64]] {
    // The pages on the way need not be sound: one that misleads brings the search to a page that proves nothing, and then
    // it is done again with every page checked.
    if let found = try search(key, checksWay: false) { return found }
    return try search(key, checksWay: true) ?? []
  }

  /// - Returns: what was found, as a sound page says; `nil`: no page has keys on both sides of this one.
  private func search(_ key: UInt64, checksWay: Bool) throws(IndexError) -> [[UInt64]]? {
    var low = 0
    var high = pageCount - 1
    var guess = fencedPage(of: key) ?? pages(of: key)
    var probes = 0
    while low <= high {
      let isGuided = isSpread && probes < IndexPages.spreadProbes
      let probe = isGuided ? min(max(guess, low), high) : (low + high) / 2
      probes += 1
      let page = try look(for: key, in: probe, isOnWay: !checksWay)
      if page.last < key {
        low = probe + 1
        guess = low + pages(of: key - page.last)
      } else if page.first > key {
        high = probe - 1
        guess = high - pages(of: page.first - key)
      } else {
        // Equal keys may stand on the neighbours, too.
        var found = page.found
        var before = probe
        while page.first == key, before > 0 {
          before -= 1
          let more = try look(for: key, in: before).found
          if more.isEmpty { break }
          found = more + found
        }
        var after = probe
        while page.last == key, after + 1 < pageCount {
          after += 1
          let more = try look(for: key, in: after).found
          if more.isEmpty { break }
          found += more
        }
        return found
      }
    }
    return nil
  }

  /// Where a key should stand by the fences on both sides.
  func fencedPage(of key: UInt64) -> Int? {
    guard let first = fences.first, key >= first else { return nil }
    var (low, high) = (0, fences.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if fences[middle] <= key { low = middle } else { high = middle }
    }
    let begin = low * IndexPages.fencePages
    let (pages, end) =
      high < fences.count ? (IndexPages.fencePages, fences[high]) : (pageCount - begin, .max)
    // Below 1: keys ascend.
    let share = Double(key - fences[low]) / (Double(end - fences[low]) + 1)
    return begin + Int(share * Double(pages))
  }

  /// How many pages evenly spread keys fill over such a distance.
  private func pages(of distance: UInt64) -> Int { Int(UInt64(pageCount).multipliedFullWidth(by: distance).high) }

  /// - Parameter isOnWay: a page without the key's place is not checked.
  private func look(
    for key: UInt64, in index: Int, isOnWay: Bool = false
  ) throws(IndexError) -> (first: UInt64, last: UInt64, found: [[UInt64]]) {
    let words = words
    func isTrusted(_ page: Page) -> Bool { isOnWay && !(page[0] <= key && key <= page[page.count - words]) }
    return try withPage(index, isTrusted: isTrusted) { page in
      let last = page[page.count - words]
      var found = [[UInt64]]()
      if page[0] <= key, key <= last {
        for record in stride(from: 0, to: page.count, by: words) where page[record] == key {
          found.append((0..<words).map { page[record + $0] })
        }
      }
      return (page[0], last, found)
    }
  }
}

/// Why an index cannot be used. It is derived: it is rebuilt from the log.
enum IndexError: Error, CustomStringConvertible {
  case damaged(String)
  case file(FileError)
  var description: String {
    switch self {
    case .damaged(let what): what
    case .file(let error): error.description
    }
  }
}
