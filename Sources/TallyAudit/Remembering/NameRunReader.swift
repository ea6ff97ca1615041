import TallyFormat

/// A file of fingerprints, opened. One thread at a time.
class NameRunReader {
  let layout: NameRunLayout
  let file: any LogFile
  let run: RememberedAudit.NameRun
  private let path: String
  /// `nil`: the whole of it was looked at before.
  private let tags: BlockTags?

  /// - Parameter key: `nil`: the whole of it was looked at before.
  init(_ run: RememberedAudit.NameRun, _ key: TagKey?, in folder: String, _ files: any FileSystem) throws(FileError) {
    self.run = run
    layout = NameRunLayout(count: run.count)
    path = "\(folder)/\(run.name)"
    tags = key?.tags(of: .names, nonce: run.nonce)
    guard try files.identity(of: path) != nil else { throw AuditMemory.altered(path, "it is gone") }
    file = try files.open(path, .read)
    guard try file.size() == layout.bytes else { throw AuditMemory.altered(path) }
  }

  var isAltered: FileError { AuditMemory.altered(path) }

  /// - Throws: `FileError`, with the code `EBADMSG` if anything is not as it was written.
  func checkWhole() throws(FileError) {
    guard try file.has(run.names, at: 0, count: layout.directory),
      try file.has(run.directory, at: layout.directory, count: layout.filter - layout.directory),
      try file.has(run.filter, at: layout.filter, count: layout.bytes - layout.filter)
    else { throw isAltered }
  }

  /// Reads pages, each of which is as it was written.
  func read(_ pages: Range<Int>, into buffer: WordBuffer) throws(FileError) {
    let words = pages.count * NameRunLayout.wordsAPage
    guard try buffer.read(words, of: file, at: pages.lowerBound * NameRunLayout.bytesAPage) else { throw isAltered }
    guard let tags else { return }
    for page in pages {
      let start = buffer.words + (page - pages.lowerBound) * NameRunLayout.wordsAPage
      let tag = start[NameRunLayout.namesAPage].littleEndian
      guard tags.tag(page, start) == tag else { throw isAltered }
    }
  }
}

/// Hands out the fingerprints of a file from the first to the last.
final class NameRunStream: NameRunReader {
  private static let pages = 64
  private let buffer = WordBuffer(pages * NameRunLayout.wordsAPage)
  private var next = 0
  private var left = 0
  private var place = 0

  /// Appends those that come up to `end`.
  func take(upTo end: UInt64, into names: inout [UInt64]) throws(FileError) {
    while true {
      if left == 0 {
        guard next < layout.pages else { return }
        let pages = next..<min(next + NameRunStream.pages, layout.pages)
        try read(pages, into: buffer)
        left = min(layout.count - next * NameRunLayout.namesAPage, pages.count * NameRunLayout.namesAPage)
        (next, place) = (pages.upperBound, 0)
      }
      let name = buffer.words[place].littleEndian
      if name > end { return }
      names.append(name)
      left -= 1
      // Past the tag at the page's end.
      place += place % NameRunLayout.wordsAPage == NameRunLayout.namesAPage - 1 ? 2 : 1
    }
  }
}

/// Tells which of some fingerprints are among a file's: it reads the blocks of the filter that they fall on, and a page
/// for each that may be there.
final class NameRunSearch: NameRunReader {
  /// Blocks that are read at a time where the fingerprints are dense, and where they are not.
  private static let (many, few) = (2048, 64)
  private let filterTags: BlockTags?
  private let atOnce: Int
  private let window = WordBuffer(many * NameFilter.wordsABlock)
  private var blocks = 0..<0
  /// The last one that was looked at.
  private var checked = -1
  private var firsts: WordBuffer?
  private let page = WordBuffer(NameRunLayout.wordsAPage)

  /// - Parameter expected: about so many fingerprints will be asked for.
  init(
    _ run: RememberedAudit.NameRun, _ key: TagKey?, in folder: String, _ files: any FileSystem, expected: Int
  ) throws(FileError) {
    filterTags = key?.tags(of: .filter, nonce: run.nonce)
    let blocks = NameFilter.blocks(for: run.count)
    atOnce = blocks / NameRunSearch.few > expected ? NameRunSearch.few : NameRunSearch.many
    try super.init(run, key, in: folder, files)
  }

  /// Adds to `found` those that are there.
  ///
  /// - Parameter sorted: none below those of the calls before.
  func find(_ sorted: [UInt64], _ found: inout Set<UInt64>) throws(FileError) {
    let count = layout.blocks
    for name in sorted {
      let block = NameFilter.block(of: name, among: count)
      if block != checked { try look(at: block) }
      let words = window.words + (block - blocks.lowerBound) * NameFilter.wordsABlock
      if NameFilter.mayContain(name, words), try contains(name) { found.insert(name) }
    }
  }

  @inline(__always)
  private func look(at block: Int) throws(FileError) {
    if block >= blocks.upperBound { try refill(from: block) }
    let words = window.words + (block - blocks.lowerBound) * NameFilter.wordsABlock
    if let filterTags, filterTags.tag(block, words) != words[7].littleEndian { throw isAltered }
    checked = block
  }

  @inline(never)
  private func refill(from block: Int) throws(FileError) {
    blocks = block..<min(block + atOnce, layout.blocks)
    let start = layout.filter + block * NameFilter.bytesABlock
    guard try window.read(blocks.count * NameFilter.wordsABlock, of: file, at: start) else { throw isAltered }
  }

  @inline(never)
  private func contains(_ name: UInt64) throws(FileError) -> Bool {
    let firsts = try directory()
    // The last page that begins with it or with one below it.
    guard let index = NameRunSearch.last(notAbove: name, firsts.words, layout.pages) else { return false }
    try read(index..<(index + 1), into: page)
    guard let place = NameRunSearch.last(notAbove: name, page.words, layout.names(of: index)) else { return false }
    return page.words[place].littleEndian == name
  }

  private func directory() throws(FileError) -> WordBuffer {
    if let firsts { return firsts }
    guard try file.has(run.directory, at: layout.directory, count: layout.directoryWords * 8) else { throw isAltered }
    let firsts = WordBuffer(layout.directoryWords)
    guard try firsts.read(firsts.count, of: file, at: layout.directory) else { throw isAltered }
    self.firsts = firsts
    return firsts
  }

  private static func last(notAbove name: UInt64, _ words: UnsafePointer<UInt64>, _ count: Int) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if words[middle].littleEndian <= name { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
