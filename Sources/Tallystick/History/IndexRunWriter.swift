/// Writes index runs: from what a follower has gathered, or by merging two runs.
struct IndexRunWriter {
  let directory: LogDirectory
  let log: LogID
  let files: any FileSystem

  /// One sorted source of records.
  struct Source {
    let count: Int
    /// The next page of words; empty at the end.
    let next: () throws(IndexError) -> [UInt64]
  }

  static func source(_ words: [UInt64], wordsPerRecord: Int) -> Source {
    var isDone = false
    return Source(count: words.count / wordsPerRecord) { () throws(IndexError) -> [UInt64] in
      defer { isDone = true }
      return isDone ? [] : words
    }
  }

  static func source(_ pages: IndexPages) -> Source {
    var index = 0
    return Source(count: pages.count) { () throws(IndexError) -> [UInt64] in
      guard index < pages.pageCount else { return [] }
      defer { index += 1 }
      return try pages.page(index)
    }
  }

  /// Writes the run under a temporary name, syncs it, and gives it its name.
  func write(
    first: UInt64, last: UInt64, frameHash: Digest, names: [Source], closings: [Source]
  ) throws(IndexError) -> IndexRun {
    let path = "\(directory.index)/\(IndexRun.fileName(first, last))"
    let temporary = directory.index + "/next-run"
    let nameCount = names.reduce(0) { $0 + $1.count }
    let closingCount = closings.reduce(0) { $0 + $1.count }
    do throws(FileError) {
      if try files.identity(of: directory.index) == nil {
        try files.makeDirectory(directory.index)
        try files.syncDirectory(directory.path)
      }
      try UnfinishedFile.make(path, by: temporary, in: directory.index, files: files) { (file) throws(FileError) in
        var filter = NameFilter(count: nameCount)
        var offset = IndexRun.headerBytes + filter.words.count * 8
        do throws(IndexError) {
          offset = try write(names, words: 2, to: file, at: offset) { filter.insert($0) }
          _ = try write(closings, words: 3, to: file, at: offset) { _ in }
        } catch {
          throw error.asFileError(temporary)
        }
        var filterBytes = ByteWriter(reserving: filter.words.count * 8)
        for word in filter.words { filterBytes.u64(word) }
        let header = IndexRun.header(
          log: log, first: first, last: last, frameHash: frameHash, names: nameCount, closings: closingCount,
          filter: filterBytes.bytes)
        try file.write(header + filterBytes.bytes, at: 0)
      }
    } catch {
      throw .file(error)
    }
    return try IndexRun(path, log: log, files: files)
  }

  /// Merges the sorted sources and writes their pages; returns where they end.
  private func write(
    _ sources: [Source], words: Int, to file: any LogFile, at offset: Int, _ see: (UInt64) -> Void
  ) throws(IndexError) -> Int {
    let hash = SipHash(log: log)
    var heads = [[UInt64]]()
    var places = [Int](repeating: 0, count: sources.count)
    for source in sources { heads.append(try source.next()) }
    var position = offset
    var page = ByteWriter(reserving: IndexPages.pageBytes)
    var pending = ByteWriter(reserving: 1 << 20)
    func flush() throws(IndexError) {
      do throws(FileError) { try file.write(pending.bytes, at: position) } catch { throw .file(error) }
      position += pending.bytes.count
      pending.bytes.removeAll(keepingCapacity: true)
    }
    func endPage() throws(IndexError) {
      if page.bytes.isEmpty { return }
      page.raw(repeatElement(0, count: IndexPages.pageBytes - 8 - page.bytes.count))
      let check = page.bytes.withUnsafeBufferPointer { hash($0) }
      page.u64(check)
      pending.raw(page.bytes)
      page.bytes.removeAll(keepingCapacity: true)
      if pending.bytes.count >= 1 << 20 { try flush() }
    }
    while true {
      var least: Int?
      for index in heads.indices where places[index] < heads[index].count {
        if let current = least, heads[current][places[current]] <= heads[index][places[index]] { continue }
        least = index
      }
      guard let index = least else { break }
      see(heads[index][places[index]])
      for word in 0..<words { page.u64(heads[index][places[index] + word]) }
      places[index] += words
      if page.bytes.count == IndexPages.payloadBytes { try endPage() }
      if places[index] == heads[index].count {
        heads[index] = try sources[index].next()
        places[index] = 0
      }
    }
    try endPage()
    try flush()
    return position
  }
}

extension IndexError {
  func asFileError(_ path: String) -> FileError {
    if case .file(let error) = self { return error }
    return FileError(operation: "write the index", path: path, code: 5, reason: description)
  }
}
