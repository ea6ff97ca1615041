import TallyFormat

/// Marks of the events that earlier audits judged, in a file that grows by what each of them adds, and of which a page is
/// read when somebody asks for one of its marks. One thread at a time.
final class EarlierMarks {
  let marks: RememberedAudit.Marks
  private let path: String
  private let files: any FileSystem
  private let tags: BlockTags?
  private var file: (any LogFile)?
  private let page = WordBuffer(MarkPage.words + 1)
  private var read: Int?
  /// Why a mark could not be told; what was answered since means nothing.
  private(set) var failure: FileError?

  /// - Parameter key: `nil`: the whole of it was looked at before.
  init(_ marks: RememberedAudit.Marks, _ key: TagKey?, in folder: String, _ files: any FileSystem) {
    self.marks = marks
    self.files = files
    path = "\(folder)/\(marks.name)"
    tags = key?.tags(of: .marks, nonce: marks.nonce)
  }

  deinit { file?.close() }

  /// Events of the pages; marks of later ones are those of ``RememberedAudit/Marks/tail``.
  var events: Int { Int(marks.pages.size) * MarkPage.events }

  /// Whether an event has a mark; false with a ``failure``.
  func contains(_ ordinal: Int, _ mark: Mark) -> Bool {
    guard ordinal < events, failure == nil else { return false }
    do throws(FileError) {
      let words = try words(of: ordinal / MarkPage.events)
      let word = words[mark.rawValue * MarkPage.wordsASet + ordinal % MarkPage.events / 64].littleEndian
      return word >> UInt64(ordinal & 63) & 1 == 1
    } catch {
      failure = error
      return false
    }
  }

  /// - Throws: `FileError`, with the code `EBADMSG` if the page is not as it was written.
  func words(of place: Int) throws(FileError) -> UnsafePointer<UInt64> {
    if read == place { return UnsafePointer(page.words) }
    read = nil
    guard try page.read(MarkPage.words + 1, of: try opened(), at: place * MarkPage.bytes) else { throw isAltered }
    if let tags, tags.tag(place, page.words) != page.words[MarkPage.words].littleEndian {
      throw isAltered
    }
    read = place
    return UnsafePointer(page.words)
  }

  /// - Throws: `FileError`, with the code `EBADMSG` if anything is not as it was written.
  func checkWhole() throws(FileError) {
    var tree = GrowingTree()
    let file = try opened()
    for place in 0..<Int(marks.pages.size) {
      let bytes = try file.bytes(at: place * MarkPage.bytes, count: MarkPage.bytes)
      guard bytes.count == MarkPage.bytes else { throw isAltered }
      tree.append(MerkleHash.leaf(bytes))
    }
    guard tree == marks.pages else { throw isAltered }
  }

  private var isAltered: FileError { AuditMemory.altered(path) }

  private func opened() throws(FileError) -> any LogFile {
    if let file { return file }
    guard try files.identity(of: path) != nil else { throw AuditMemory.altered(path, "it is gone") }
    let file = try files.open(path, .read)
    self.file = file
    return file
  }

  /// The file is there, and as long as it was.
  ///
  /// - Parameter mayHaveMore: an audit that did not come to its end may have written behind it.
  func checkLength(mayHaveMore: Bool) throws(FileError) {
    let (bytes, due) = (try opened().size(), Int(marks.pages.size) * MarkPage.bytes)
    guard bytes == due || mayHaveMore && bytes > due else { throw isAltered }
  }
}

/// Writes the marks of further events behind those of earlier audits, which it does not touch.
///
/// What a run that did not come to its end has written there is written over by the next.
struct MarkWriter {
  private let file: any LogFile
  private let tags: BlockTags
  private let page = WordBuffer(MarkPage.words + 1)
  private var buffer: [UInt8] = []
  private var written: Int
  private(set) var marks: RememberedAudit.Marks

  /// - Parameter marks: with which key's tags the file is: with no pages, a new one.
  init(
    behind marks: RememberedAudit.Marks, _ key: TagKey, in folder: String, _ files: any FileSystem
  ) throws(FileError) {
    self.marks = marks
    file = try files.open("\(folder)/\(marks.name)", .readWriteOrCreate)
    tags = key.tags(of: .marks, nonce: marks.nonce)
    written = Int(marks.pages.size) * MarkPage.bytes
  }

  /// Appends the pages of another file.
  mutating func copy(_ earlier: EarlierMarks) throws(FileError) {
    for place in 0..<Int(earlier.marks.pages.size) {
      page.words.update(from: try earlier.words(of: place), count: MarkPage.words)
      try append()
    }
  }

  /// Appends what a fold has noted, and makes it durable.
  mutating func finish(_ fold: borrowing Fold) throws(FileError) -> RememberedAudit.Marks {
    while (Int(marks.pages.size) + 1) * MarkPage.events <= fold.events {
      fill(fold)
      try append()
    }
    fill(fold)
    marks.tail = (0..<MarkPage.words).map { page.words[$0].littleEndian }
    try flush()
    try file.sync()
    file.close()
    return marks
  }

  /// The next page's words.
  private func fill(_ fold: borrowing Fold) {
    let first = Int(marks.pages.size) * MarkPage.wordsASet
    for word in 0..<MarkPage.wordsASet {
      page.words[word] = fold.open.made.word(first + word).littleEndian
      page.words[MarkPage.wordsASet + word] = fold.wholeSettlements.word(first + word).littleEndian
    }
  }

  private mutating func append() throws(FileError) {
    page.words[MarkPage.words] = tags.tag(Int(marks.pages.size), page.words).littleEndian
    let bytes = UnsafeRawBufferPointer(start: page.words, count: MarkPage.bytes)
    buffer.append(contentsOf: bytes)
    marks.pages.append(MerkleHash.leaf(of: bytes))
    if buffer.count >= 1 << 18 { try flush() }
  }

  private mutating func flush() throws(FileError) {
    guard !buffer.isEmpty else { return }
    try file.write(buffer, at: written)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
