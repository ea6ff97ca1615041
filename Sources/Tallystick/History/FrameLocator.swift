/// Finds the frame that holds an event, and keeps the last few.
///
/// One thread at a time.
final class FrameLocator {
  private let source: any FrameSource
  private var cache: [LocatedFrame] = []
  private let decompressor = LZ4Decompressor()
  private static let cachedFrames = 8

  init(_ source: any FrameSource) { self.source = source }

  /// The frame that holds `sequence`.
  ///
  /// - Throws: ``TallyError`` if the log does not hold it or cannot be read there.
  func frame(holding sequence: UInt64) throws(TallyError) -> LocatedFrame {
    let position = try position(of: sequence)
    let located = try frame(at: position, sequence)
    // The tables come from unchecked headers: a frame that does not hold the event must not pass for one in which the
    // name is not.
    guard located.row(at: sequence) != nil else {
      throw .log(.damaged(position, sequence: sequence, reason: "the frame that holds the event is not there"))
    }
    return located
  }

  private func frame(at position: LogPosition, _ sequence: UInt64) throws(TallyError) -> LocatedFrame {
    if let hit = cache.first(where: { $0.position == position }) { return hit }
    do throws(LogError) {
      let frames = try source.frames(from: .place(position, sequence: sequence), showsUnsynced: true)
      guard case .frame(let frame, _) = try frames.next() else {
        throw .damaged(position, sequence: sequence, reason: "the frame is no longer there")
      }
      do throws(MalformedBytes) {
        let located = LocatedFrame(position: position, columns: try decompressor.columns(of: frame))
        if cache.count >= FrameLocator.cachedFrames { cache.removeFirst() }
        cache.append(located)
        return located
      } catch {
        throw .damaged(position, sequence: sequence, reason: "the frame \(error)")
      }
    } catch {
      throw .log(error)
    }
  }

  /// Where the frame begins that holds `sequence`.
  func position(of sequence: UInt64) throws(TallyError) -> LogPosition {
    do throws(LogError) { return try source.position(ofEvent: sequence) } catch { throw .log(error) }
  }
}

/// A frame that was looked up, with its rows by number: running an interrupted load again asks for every row of it, and
/// walking there each time would cost the square of the frame.
final class LocatedFrame {
  let position: LogPosition
  let columns: EventColumns
  private let rows: [EventColumns.Row]

  init(position: LogPosition, columns: EventColumns) {
    self.position = position
    self.columns = columns
    var rows = [EventColumns.Row]()
    rows.reserveCapacity(columns.count)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { rows.append(row) }
    self.rows = rows
  }

  func row(at sequence: UInt64) -> EventColumns.Row? {
    guard sequence >= columns.firstSequence, sequence - columns.firstSequence < UInt64(rows.count) else { return nil }
    return rows[Int(sequence - columns.firstSequence)]
  }
}
