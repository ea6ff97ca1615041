import Glibc
import TallyFormat

/// Going on behind what an earlier audit proved, and writing down what this one did.
extension Auditor {
  /// The frames to be judged; `nil` if what an earlier audit proved is not there any more.
  func frames(of source: any FrameSource, _ run: inout AuditRun) throws(LogError) -> (any FrameReader)? {
    guard let found = options.memory?.found else { return try source.frames(from: .beginning, showsUnsynced: false) }
    func rewritten(_ detail: String) -> Contradiction {
      Contradiction(witness: "audit before", sequence: found.head.lastSequence, detail: detail)
    }
    guard source.log == found.log else {
      run.rewritten = rewritten("it was of log \(found.log), and this is log \(source.log)")
      return nil
    }
    let place =
      "frame \(found.head.nextFrame - 1), which ended with event \(found.head.lastSequence), stood in \(found.position)"
    do throws(LogError) {
      let stream = try source.frames(
        from: .place(found.position, sequence: found.head.lastSequence), showsUnsynced: false)
      switch try stream.next() {
      case .frame(let frame, _):
        if frame.head == found.head { return stream }
        run.rewritten = rewritten("\(place), and another frame stands there now: the history differs")
      case .end: run.rewritten = rewritten("\(place), and the log ends before it: it was cut, or is an older copy")
      }
    } catch {
      // What cannot be read is no finding.
      if case .file(let failure) = error, failure.code != ENOENT { throw error }
      run.rewritten = rewritten(
        "\(place), and no intact frame stands there now: the history differs, or is damaged (\(error))")
    }
    return nil
  }

  /// Writes down the names that this audit came by, on a thread of its own: the others have a state to digest
  /// meanwhile.
  func beginEntering(_ names: [LedgerReference]) -> NamesBeside {
    NamesBeside(options.memory, NewNames(ledgers: names))
  }

  /// What is wrong with returns and reopenings, read from the frame on in which the first of their orders was made: nights
  /// do not read what is older.
  ///
  /// The frames are those that were proven, because they lead to the last one that was judged.
  ///
  /// - Returns: `nil` if the log has to be read from its beginning.
  func returns(of orders: Set<UInt64>, from first: UInt64, _ run: borrowing AuditRun) -> Violations? {
    // In a log that is violated, a number may stand for several events.
    guard options.memory?.found != nil, run.rules.violationCount == 0 else { return nil }
    var returned = ReturnedOrders(orders, violationLimit: options.violationLimit)
    do throws(LogError) {
      let source = try store.source()
      let place = try source.position(ofEvent: first)
      let stream = try source.frames(from: .place(place, sequence: first), showsUnsynced: false)
      let feed = SerialFeed(stream, hasher: run.hasher)
      var isBegun = false
      while let frame = try feed.next() {
        // Where the event stands goes by what frames say of themselves.
        guard isBegun || frame.firstSequence <= first && first <= frame.lastSequence else { return nil }
        isBegun = true
        returned.judge(frame)
        if frame.head == run.rules.chain.head { return returned.violations }
      }
    } catch {
      // The reading from the beginning will say so.
    }
    return nil
  }

  /// Where the last state goes while it is digested; `nil`: nobody will want to remember it.
  func stateCopy(_ run: borrowing AuditRun) throws(LogError) -> StateCopy? {
    guard let memory = options.memory, hasNews(run, memory) else { return nil }
    do throws(FileError) {
      return try StateCopy(memory.freshName("state"), in: memory.path, memory.files)
    } catch {
      throw .file(error)
    }
  }

  private func hasNews(_ run: borrowing AuditRun, _ memory: AuditMemory) -> Bool {
    let head = run.rules.chain.head
    return run.log != nil && head.nextFrame > 0 && head != memory.found?.head && run.rules.fold.isBetweenSteps
      && run.damage == nil && run.rewritten == nil
  }

  /// Writes down what was proven.
  ///
  /// - Parameter state: in which the canonical form of it stands; `nil`: nothing is remembered.
  func remember(_ run: borrowing AuditRun, _ digest: Digest, _ state: StateCopy?) throws(LogError) {
    guard let memory = options.memory else { return }
    let head = run.rules.chain.head
    let counts = RememberedAudit.Counts(run.rules.fold, firstTime: run.firstTime)
    let (position, tree, hasher) = (run.rules.fold.violations.position, run.tree.tree, run.hasher)
    do throws(FileError) {
      guard let state, let log = run.log else { return try memory.removeOthers() }
      let file = try state.finish(digest)
      try memory.keep(run.rules.fold) { marks in
        RememberedAudit(
          log: log, head: head, position: position, tree: tree, state: file, marks: marks, names: [], tags: nil,
          hasher: hasher, counts: counts)
      }
    } catch {
      throw .file(error)
    }
  }
}

extension RememberedAudit.Counts {
  fileprivate init(_ fold: borrowing Fold, firstTime: Int64) {
    self.init(
      reservations: fold.reservations, joined: fold.waiting.joined, filled: fold.filled, firstTime: firstTime,
      lowest: fold.lowest, lowestSequence: fold.lowestSequence)
  }
}
