import TallyFormat

/// What an audit asks of the memory before it, and what it writes down after it.
extension AuditMemory {
  /// A name that no file has.
  func freshName(_ kind: String) -> String {
    var random = SystemRandomNumberGenerator()
    return "\(kind)-\(Hex.encode((0..<8).map { _ in UInt8.random(in: 0...255, using: &random) }))"
  }

  /// With what the pieces of new files are tagged: what the auditor's secret key tells, or what the text says.
  private var newKey: TagKey { signer.flatMap { TagKey($0) } ?? found?.tags ?? freshKey }

  /// Has rules go on behind what was remembered; nothing that is read for it was altered.
  ///
  /// - Returns: the marks, which are looked at when a question needs them.
  func take(_ found: RememberedAudit, into rules: inout RuleJudge) throws(FileError) -> EarlierMarks {
    let marks = EarlierMarks(found.marks, key, in: path, files)
    try marks.checkLength(mayHaveMore: try !others().isEmpty)
    if checksWhole || key == nil {
      try marks.checkWhole()
      for run in found.names { try NameRunReader(run, nil, in: path, files).checkWhole() }
    }
    let state = try found.state.contents(in: path, files)
    do throws(MalformedBytes) { try rules.goOn(found, state: state, marks) } catch {
      throw AuditMemory.altered(path, "its state \(error)")
    }
    return marks
  }

  /// Writes an audit's names to a file of their own, and says which of them were used before it.
  func enter(_ names: NewNames) throws(FileError) -> Set<UInt64> {
    let (entered, used) = try NameRuns(folder: path, files: files).enter(
      names, freshName("names"), newKey, after: found?.names ?? [], key)
    self.entered = entered
    return used
  }

  /// Remembers another place; what was remembered before is there until it returns.
  ///
  /// - Parameter make: all but the names, the marks and their key.
  func keep(_ fold: borrowing Fold, _ make: (RememberedAudit.Marks) -> RememberedAudit) throws(FileError) {
    let newKey = newKey
    var new = make(try writeMarks(fold, newKey))
    new.tags = signer == nil ? newKey : nil
    new.names = try writeNames(newKey)
    try replace(by: new, newKey)
    try removeOthers()
  }

  /// The files of names: merged where there are too many, or where those before have tags of another key.
  private func writeNames(_ newKey: TagKey) throws(FileError) -> [RememberedAudit.NameRun] {
    let names = NameRuns(folder: path, files: files)
    var runs = (found?.names ?? []).map { ($0, key) }
    if let entered {
      try entered.writer.endSync()
      runs.append((entered.run, newKey))
      self.entered = nil
    }
    while true {
      let hasOthers = runs.contains { $0.1 != newKey }
      let last = hasOthers ? runs.count : NameRuns.together(runs.map(\.0.count))
      guard last > 0 else { return runs.map(\.0) }
      let merged = try names.merge(Array(runs.suffix(last)), freshName("names"), newKey)
      runs = runs.dropLast(last) + [(merged, newKey)]
    }
  }

  private func writeMarks(_ fold: borrowing Fold, _ newKey: TagKey) throws(FileError) -> RememberedAudit.Marks {
    if let found, key == newKey {
      var writer = try MarkWriter(behind: found.marks, newKey, in: path, files)
      return try writer.finish(fold)
    }
    var random = SystemRandomNumberGenerator()
    let fresh = RememberedAudit.Marks(name: freshName("marks"), nonce: random.next())
    var writer = try MarkWriter(behind: fresh, newKey, in: path, files)
    if let found { try writer.copy(EarlierMarks(found.marks, key, in: path, files)) }
    return try writer.finish(fold)
  }
}
