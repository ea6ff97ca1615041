import TallyFormat

/// Where what stands in a file of fingerprints: pages of ascending ones, each with its tag at its end; the first
/// fingerprint of each page, filled up with zeros to a line of the cache; the filter's blocks.
struct NameRunLayout {
  static let namesAPage = 511
  static let wordsAPage = namesAPage + 1
  static let bytesAPage = wordsAPage * 8

  let count: Int
  var pages: Int { (count + NameRunLayout.namesAPage - 1) / NameRunLayout.namesAPage }
  var directory: Int { pages * NameRunLayout.bytesAPage }
  var directoryWords: Int { (pages + 7) / 8 * 8 }
  var filter: Int { directory + directoryWords * 8 }
  var blocks: Int { NameFilter.blocks(for: count) }
  var bytes: Int { filter + blocks * NameFilter.bytesABlock }

  /// Fingerprints of a page.
  func names(of page: Int) -> Int {
    min(NameRunLayout.namesAPage, count - page * NameRunLayout.namesAPage)
  }
}

/// Writes a file of fingerprints, of which it is known how many come.
///
/// Memory: eight bytes for each page of 511, and buffers of a mebibyte.
final class NameRunWriter {
  let name: String
  private let layout: NameRunLayout
  private let nonce: UInt64
  private let file: any LogFile
  private let syncing: SyncBeside
  private let names: DigestedPart
  private let tags: BlockTags
  private var filter: NameFilterWriter
  private var directory: [UInt64] = []
  private let page = WordBuffer(NameRunLayout.wordsAPage)
  private var used = 0

  init(_ name: String, count: Int, _ key: TagKey, in folder: String, _ files: any FileSystem) throws(FileError) {
    self.name = name
    layout = NameRunLayout(count: count)
    var random = SystemRandomNumberGenerator()
    nonce = random.next()
    file = try files.open("\(folder)/\(name)", .create)
    syncing = SyncBeside(file)
    names = DigestedPart(of: file, at: 0, syncing)
    tags = key.tags(of: .names, nonce: nonce)
    filter = NameFilterWriter(
      DigestedPart(of: file, at: layout.filter, syncing), blocks: layout.blocks, key.tags(of: .filter, nonce: nonce))
  }

  /// - Parameter sorted: none below those before.
  func append(_ sorted: [UInt64]) throws(FileError) {
    for name in sorted {
      if used == 0 { directory.append(name) }
      page.words[used] = name.littleEndian
      used += 1
      if used == NameRunLayout.namesAPage { try closePage() }
      try filter.append(name)
    }
  }

  private func closePage() throws(FileError) {
    for word in used..<NameRunLayout.namesAPage { page.words[word] = 0 }
    page.words[NameRunLayout.namesAPage] =
      tags.tag(directory.count - 1, page.words).littleEndian
    try names.append(page.words, NameRunLayout.wordsAPage)
    used = 0
  }

  deinit {
    syncing.end()
    file.close()
  }

  /// Writes what is left; ``endSync()`` tells when it is durable.
  func finish() throws(FileError) -> RememberedAudit.NameRun {
    if used > 0 { try closePage() }
    let pages = try names.finish()
    let firsts = WordBuffer(layout.directoryWords)
    for (place, first) in directory.enumerated() where place < firsts.count { firsts.words[place] = first.littleEndian }
    let part = DigestedPart(of: file, at: layout.directory, syncing)
    try part.append(firsts.words, firsts.count)
    let run = RememberedAudit.NameRun(
      name: name, count: layout.count, nonce: nonce, names: pages, directory: try part.finish(),
      filter: try filter.finish())
    syncing.beginLast()
    return run
  }

  /// Returns when all of it is durable.
  func endSync() throws(FileError) { try syncing.finish() }
}
