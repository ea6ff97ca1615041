import TallyFormat

/// The second reading, which tells how the log came to where it is.
extension Auditor {
  /// What to read again for; `nil`: nothing is wanted, or there is nothing to tell of.
  func historyPlan(_ run: borrowing AuditRun) -> HistoryPlan? {
    guard let request = options.history, run.rewritten == nil, run.rules.chain.head.nextFrame > 0 else { return nil }
    let found = options.memory?.found
    // Of what was proven before, only the end is known.
    let start = found == nil ? run.firstTime : run.timeBefore
    return HistoryPlan(
      request, run.rules.fold, run.demand ?? DemandCount(), span: TimeSpan(start, run.rules.fold.lastTime),
      end: run.rules.chain.head, behind: found)
  }

  /// Reads what was judged again, and tells its history. Takes as long as judging it with one thread, and as much memory.
  ///
  /// - Throws: ``LogError/file(_:)``.
  func addHistory(
    _ plan: HistoryPlan, to report: inout AuditReport, _ progress: (AuditProgress) -> Void
  ) throws(LogError) {
    let source = try store.source()
    var reading = HistoryReading(plan, isKept: source.settings.journalsRefusals)
    do throws(LogError) {
      let stream = try framesAgain(source, plan, &reading)
      let feed = SerialFeed(stream, hasher: NameHasher(), keepsNames: false)
      // As far as the first reading went, whatever has been written since.
      while reading.head != plan.end, let frame = try feed.next() {
        try reading.replay(frame)
        progress(AuditProgress(events: reading.events, position: frame.position, segment: 1, segments: 1))
      }
    } catch {
      guard case .damaged = error else { throw error }
      // The first reading came further: the bytes change under the reader.
      report.warnings.append("the log could not be read a second time to tell its history: \(error)")
    }
    report.history = reading.finish()
  }

  private func framesAgain(
    _ source: any FrameSource, _ plan: HistoryPlan, _ reading: inout HistoryReading
  ) throws(LogError) -> any FrameReader {
    guard let found = plan.found, let memory = options.memory else {
      return try source.frames(from: .beginning, showsUnsynced: false)
    }
    do throws(FileError) { try reading.goOn(found, memory) } catch { throw .file(error) }
    let stream = try source.frames(
      from: .place(found.position, sequence: found.head.lastSequence), showsUnsynced: false)
    // The last frame that was proven, which is known to stand there.
    _ = try stream.next()
    return stream
  }
}
