import TallyTestSupport

/// What media do to stored bytes behind everybody's back.
enum MediaFault: CaseIterable, Sendable {
  case bitFlip, zeroedSector, garbageSector
  /// A sector was written where another belongs.
  case misdirectedWrite
  /// A sector still holds what it held before a sync that had returned.
  case lostWrite
}

/// Where a file was damaged.
struct MediaDamage: Sendable, CustomStringConvertible {
  var fault: MediaFault
  var path: String
  var file: Int
  /// Bytes that are no longer what they were.
  var range: Range<Int>

  var description: String { "\(fault) in \(path) at bytes \(range)" }
}

extension SimulatedDisk {
  /// Files that there are, by path.
  func paths(under directory: String) -> [(path: String, file: Int)] {
    var found = [(path: String, file: Int)]()
    for path in directories.keys.sorted() where path == directory || path.hasPrefix(directory + "/") {
      for (name, meaning) in directories[path, default: [:]].sorted(by: { $0.key < $1.key }) {
        if case .file(let file) = meaning.now { found.append((path + "/" + name, file)) }
      }
    }
    return found
  }

  /// Damages one file.
  ///
  /// - Parameter earlier: the disk as it was at an earlier moment, for writes that are lost after all.
  /// - Returns: what has changed; `nil`: nothing.
  mutating func damage(
    _ path: String, _ file: Int, by fault: MediaFault, earlier: SimulatedDisk?, _ random: inout SplitMix64
  ) -> MediaDamage? {
    let before = files[file].cache
    guard !before.isEmpty else { return nil }
    let size = SimulatedContent.sectorBytes
    let sectors = (before.count + size - 1) / size
    // Most of a segment is zeros, and damage to zeros is dull.
    let used = (before.lastIndex { $0 != 0 } ?? 0) / size
    let sector = random.one(in: 8) ? random.number(0...(sectors - 1)) : random.number(0...used)
    let range = (sector * size)..<min((sector + 1) * size, before.count)
    var bytes = Array(before[range])
    switch fault {
    case .bitFlip: bytes[random.number(0...(bytes.count - 1))] ^= 1 << UInt8(random.number(0...7))
    case .zeroedSector: bytes = [UInt8](repeating: 0, count: bytes.count)
    case .garbageSector: bytes = random.bytes(bytes.count)
    case .misdirectedWrite:
      let other = random.number(0...(sectors - 1)) * size
      for (index, byte) in before[other..<min(other + bytes.count, before.count)].enumerated() { bytes[index] = byte }
    case .lostWrite:
      guard let earlier, file < earlier.files.count else { return nil }
      let old = earlier.files[file].cache
      for index in range { bytes[index - range.lowerBound] = index < old.count ? old[index] : 0 }
    }
    let differing = range.filter { bytes[$0 - range.lowerBound] != before[$0] }
    guard let first = differing.first, let last = differing.last else { return nil }
    files[file].corrupt { $0.replaceSubrange(range, with: bytes) }
    generation += 1
    return MediaDamage(fault: fault, path: path, file: file, range: first..<(last + 1))
  }
}
