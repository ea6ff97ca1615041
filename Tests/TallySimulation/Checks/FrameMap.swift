import TallyFormat
import Tallystick

/// Where the frames of an intact log are, and what outside them says how far it goes.
struct FrameMap {
  struct Entry {
    var path: String
    var range: Range<Int>
    var firstSequence: UInt64
    var lastSequence: UInt64
  }
  private(set) var frames: [Entry] = []
  /// The last event that the floor or a snapshot shows to have been acknowledged.
  private(set) var provenSequence: UInt64 = 0
  private(set) var newestSnapshot: UInt64 = 0
  /// The segment that `next-segment` is, if it is one of the log's.
  private let spareStandsFor: String?

  init(_ files: SimulatedFileSystem) throws {
    let directory = LogDirectory(LogCheck.path)
    spareStandsFor = try FrameMap.standsFor(directory, files)
    let stream = try FrameStream(directory, files: files, showsUnsyncedFrames: true)
    while case .frame(let frame, let position) = try stream.next() {
      frames.append(
        Entry(
          path: directory.segment(position.segment), range: position.offset..<(position.offset + frame.bytes.count),
          firstSequence: frame.firstSequence, lastSequence: frame.lastSequence))
    }
    if let floor = try? FloorFile.read(directory, files: files) { provenSequence = floor.head.lastSequence }
    newestSnapshot = try directory.listSnapshots(files).last ?? 0
    provenSequence = max(provenSequence, newestSnapshot)
  }

  private static func standsFor(_ directory: LogDirectory, _ files: SimulatedFileSystem) throws -> String? {
    guard let spare = try UnnamedSegment(directory, files), case .segment(let header) = spare.contents else {
      return nil
    }
    let path = directory.segment(header.firstSequence)
    if try files.identity(of: path) == (try spare.file.identity()) { return path }
    return try directory.listSegments(files).last == header.firstSequence ? path : nil
  }

  /// The damage, said of the segment's own name.
  func named(_ damage: MediaDamage) -> MediaDamage {
    var damage = damage
    if damage.path == LogDirectory(LogCheck.path).spareSegment, let path = spareStandsFor { damage.path = path }
    return damage
  }

  var lastSequence: UInt64 { frames.last?.lastSequence ?? 0 }

  private func isTouched(_ frame: Entry, by damage: MediaDamage) -> Bool {
    frame.path == damage.path && frame.range.overlaps(damage.range)
  }

  /// The last event that must be found although the damage cannot be told from a torn write: if the damage is to the
  /// last frames of all, and to nothing before them, the events before them.
  ///
  /// `nil`: whatever is lost must be noticed.
  func lastSequence(despite damage: MediaDamage) -> UInt64? {
    guard let first = frames.firstIndex(where: { isTouched($0, by: damage) }),
      frames[first...].allSatisfy({ isTouched($0, by: damage) })
    else { return nil }
    return frames[first].firstSequence - 1
  }

  /// Whether the damage is where only a replay from the beginning comes by.
  func isBehindSnapshot(_ damage: MediaDamage) -> Bool {
    guard let snapshot = frames.first(where: { $0.lastSequence >= newestSnapshot && newestSnapshot > 0 }) else {
      return false
    }
    let directory = LogDirectory(LogCheck.path)
    return damage.path.hasPrefix(directory.segments)
      && (damage.path, damage.range.lowerBound) < (snapshot.path, snapshot.range.lowerBound)
  }
}
