import TallyFormat
import TallyTestSupport

@testable import Tallystick

/// Random changes to an honest log, of all sizes: bits of payloads, frames, headers, files.
struct RandomForgeries {
  var random: SplitMix64
  let honest: LogInParts

  /// Writes a changed log.
  mutating func write(to path: String) throws {
    var log = honest
    for index in log.frames.indices.dropFirst() where random.one(in: 12) { log.frames[index].beginsSegment = true }
    switch random.number(0...9) {
    case 0...3: try changePayload(log, path)
    case 4: try changeFrames(log, path)
    case 5: try changeContainer(log, path)
    case 6: try changeFiles(log, path)
    case 7: try changeFloor(path)
    case 8: try changeSnapshot(path)
    default: try changeHeader(log, path)
    }
  }

  /// One to three bits of a frame's payload.
  private mutating func changePayload(_ log: LogInParts, _ path: String) throws {
    var log = log
    log.forgetWitnesses()
    let index = random.pick(log.frames.indices.filter { !log.frames[$0].payload.isEmpty })
    for _ in 0..<random.number(1...3) {
      log.frames[index].payload[random.number(0...(log.frames[index].payload.count - 1))] ^=
        1 << UInt8(random.number(0...7))
    }
    try log.write(to: path)
  }

  /// Frames that are left out, repeated, exchanged, or that say something else of themselves.
  private mutating func changeFrames(_ log: LogInParts, _ path: String) throws {
    var log = log
    log.forgetWitnesses()
    let index = random.number(1...(log.frames.count - 1))
    switch random.number(0...6) {
    case 0: log.frames.remove(at: index)
    case 1: log.frames.insert(log.frames[index], at: index)
    case 2: log.frames.swapAt(index, index - 1)
    case 3: log.frames[index].epoch = random.pick([0, 1, log.frames[index].epoch + 3])
    case 4: log.frames[index].numberShift = random.pick([1, .max])
    case 5: log.frames[index].first += random.pick([1, 2])
    default: log.frames[index].count &+= random.pick([1, .max])
    }
    try log.write(to: path)
  }

  /// What stands for the LZ4 frame of a payload.
  private mutating func changeContainer(_ log: LogInParts, _ path: String) throws {
    var log = log
    log.forgetWitnesses()
    let index = random.pick(log.frames.indices.filter { !log.frames[$0].payload.isEmpty })
    let payload = log.frames[index].payload
    /// One block, not compressed.
    func frame(_ descriptor: [UInt8]) -> [UInt8] {
      var out = ByteWriter()
      out.raw([0x04, 0x22, 0x4D, 0x18] + descriptor)
      out.u32(UInt32(payload.count) | 1 << 31)
      out.raw(payload)
      out.u32(0)
      return out.bytes
    }
    log.frames[index].compressed = random.pick([
      // Independent blocks of up to 64 KiB and up to 4 MiB, linked blocks, a dictionary, a wrong check.
      frame([0x60, 0x40, 0x82]), frame([0x60, 0x70, 0x73]), frame([0x40, 0x40, 0xC0]), frame([0x40, 0x70, 0xDF]),
      frame([0x61, 0x40, 7, 0, 0, 0, 0xE3]), frame([0x60, 0x40, 0x83]),
      // Two frames, a skippable one, and none.
      frame([0x60, 0x40, 0x82]) + frame([0x60, 0x40, 0x82]), [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 0], payload,
    ])
    try log.write(to: path)
  }

  /// Bytes of segments, their ends, and what stands behind.
  private mutating func changeFiles(_ log: LogInParts, _ path: String) throws {
    var log = log
    if random.one(in: 2) { log.floor = [] }
    if random.one(in: 2) { log.snapshots = [:] }
    var random = random
    let choice = random.number(0...5)
    let isInLast = random.one(in: 2)
    try log.write(to: path) { bytes, isLast in
      guard isLast == isInLast || isLast && log.frames.allSatisfy({ !$0.beginsSegment }) else { return }
      switch choice {
      case 0: bytes[random.number(0...(bytes.count - 1))] ^= 1 << UInt8(random.number(0...7))
      case 1: bytes.removeLast(random.number(1...(bytes.count - 1)))
      case 2: bytes += [UInt8](repeating: 0, count: random.number(1...100))
      case 3: bytes += random.bytes(random.number(1...100)) + [UInt8](repeating: 0, count: random.number(0...50))
      case 4:
        bytes.removeLast(random.number(1...60))
        bytes += [UInt8](repeating: 0, count: random.number(0...200)) + random.bytes(random.number(0...3))
      default:
        let begin = random.number(0...(bytes.count - 1))
        for index in begin..<min(bytes.count, begin + random.number(1...60)) { bytes[index] = 0 }
      }
    }
    self.random = random
  }

  private mutating func changeFloor(_ path: String) throws {
    var log = honest
    guard !log.floor.isEmpty else { return try log.write(to: path) }
    log.floor[random.pick([8, 12, 20, 32, 33, 40, 48, 70, 80, 88, 94])] &+= random.pick([1, 255, 16])
    if !random.one(in: 6) {
      log.floor.replaceSubrange(96..., with: Digest.sha256(Array(log.floor.prefix(96))).bytes.prefix(16))
    }
    if random.one(in: 12) { log.floor.removeLast(random.number(1...log.floor.count)) }
    if random.one(in: 3) { log.frames.removeLast(random.number(1...(log.frames.count - 1))) }
    try log.write(to: path)
  }

  private mutating func changeSnapshot(_ path: String) throws {
    var log = honest
    let names = log.snapshots.keys.sorted()
    guard !names.isEmpty else { return try log.write(to: path) }
    let name = random.pick(names)
    var bytes = log.snapshots[name] ?? []
    switch random.number(0...4) {
    case 0: bytes[random.number(0...(bytes.count - 1))] ^= 1
    case 1: log.snapshots["00000000000000000003.snapshot"] = bytes
    case 2:
      // Not the empty one that a writer leaves when it ends.
      let full = log.frames.indices.filter { log.frames[$0].payload.count > 9 }
      log.frames[full[full.count / 2]].payload[9] ^= 1
    default:
      bytes[random.pick([16, 20, 24, 40, 48, 56, 64, 96, 104, 112, 120, 152])] &+= random.pick([1, 255, 4])
      bytes.replaceSubrange(160..<192, with: Digest.sha256(Array(bytes.prefix(160))).bytes)
    }
    log.snapshots[name] = bytes
    try log.write(to: path)
  }

  private mutating func changeHeader(_ log: LogInParts, _ path: String) throws {
    var log = log
    let segments = 1 + log.frames.filter(\.beginsSegment).count
    let change: @Sendable (inout SegmentHeader) -> Void = random.pick([
      { $0.log = LogID(bytes: $0.log.bytes.reversed()) ?? $0.log }, { $0.previous.nextFrame += 1 },
      { $0.previous.lastSequence += 1 }, { $0.previous.epoch += 1 }, { $0.previous.hash = .sha256([]) },
      { $0.settings.segmentSize = 1 << 53 }, { $0.settings.snapshotEvery = 7 },
    ])
    log.headers[random.number(0...(segments - 1))] = change
    try log.write(to: path)
  }
}
