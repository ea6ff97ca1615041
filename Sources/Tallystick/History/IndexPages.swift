/// Fixed-size records, sorted by their first word, in pages of 4,096 bytes that each carry a check.
///
/// A page is 4,080 bytes of records, its ``place(_:)``, and SipHash-1-3 (keyed by the log's id) of what stands before.
struct IndexPages: Sendable {
  static let pageBytes = 4096
  static let payloadBytes = 4080

  let file: any LogFile
  let offset: Int
  let count: Int
  /// Words of 8 bytes a record: 2 or 3.
  let words: Int
  let hash: SipHash
  /// Of the run.
  let frameHash: Digest

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

  /// The words of one page.
  func page(_ index: Int) throws(IndexError) -> [UInt64] {
    let bytes: [UInt8]
    let at = offset + index * IndexPages.pageBytes
    do throws(FileError) {
      bytes = try file.bytes(at: at, count: IndexPages.pageBytes)
    } catch {
      throw .file(error)
    }
    guard bytes.count == IndexPages.pageBytes else { throw .damaged("ends too early") }
    let records = min(recordsPerPage, count - index * recordsPerPage)
    let decoded = bytes.withUnsafeBytes { raw -> [UInt64]? in
      let body = UnsafeRawBufferPointer(rebasing: raw[0..<(IndexPages.pageBytes - 8)])
      let check = raw.loadUnaligned(fromByteOffset: IndexPages.pageBytes - 8, as: UInt64.self)
      let place = raw.loadUnaligned(fromByteOffset: IndexPages.payloadBytes, as: UInt64.self)
      guard hash(body.bindMemory(to: UInt8.self)) == UInt64(littleEndian: check),
        UInt64(littleEndian: place) == IndexPages.place(at, frameHash)
      else { return nil }
      return (0..<(records * words)).map {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
    guard let decoded else { throw .damaged("page \(index) does not match its check") }
    return decoded
  }

  /// Every record whose first word is `key`.
  func records(_ key: UInt64) throws(IndexError) -> [ArraySlice<UInt64>] {
    guard count > 0 else { return [] }
    // First page whose last record is not below the key: binary search, begun where the keys' uniform spread suggests.
    var low = 0
    var high = pageCount - 1
    var guess = spreadGuess(key)
    while low < high {
      let probe = min(max(guess, low), high - 1)
      let words = try page(probe)
      if words[words.count - self.words] < key {
        low = probe + 1
      } else {
        high = probe
        if words[0] <= key { low = probe }
      }
      guess = words[0] > key ? probe - 1 : probe + 1
      if guess < low || guess >= high || high - low > 8 { guess = (low + high) / 2 }
    }
    var found = [ArraySlice<UInt64>]()
    var index = low
    // Equal keys may begin on an earlier page than the one the search stopped on.
    while index > 0 {
      let before = try page(index - 1)
      guard before[before.count - words] >= key else { break }
      index -= 1
    }
    while index < pageCount {
      let page = try page(index)
      for record in stride(from: 0, to: page.count, by: words) where page[record] == key {
        found.append(page[record..<(record + words)])
      }
      if page[page.count - words] > key { break }
      index += 1
    }
    return found
  }

  private func spreadGuess(_ key: UInt64) -> Int {
    words == 2 ? Int(UInt64(pageCount).multipliedFullWidth(by: key).high) : pageCount / 2
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
