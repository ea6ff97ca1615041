import Testing

@testable import TallyFormat

@Suite("Headers, floors and snapshots")
struct FileTests {
  private let log = LogID(bytes: Array(1...16))!
  private static let head = ChainHead(nextFrame: 3, lastSequence: 7, hash: .zero, epoch: 1)

  /// Each flipped bit of each byte must be refused.
  private func flips(_ bytes: [UInt8], _ parse: ([UInt8]) throws -> Void) {
    #expect(throws: Never.self) { try parse(bytes) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        #expect(throws: MalformedBytes.self, "byte \(index) bit \(bit)") { try parse(changed) }
      }
    }
  }

  @Test("a segment's header with any bit flipped is refused")
  func header() {
    let header = SegmentHeader(log: log, after: .empty, settings: LogSettings())
    flips(header.encoded) { bytes in try bytes.withUnsafeBytes { _ = try SegmentHeader(parsing: $0) } }
  }

  @Test("a floor with any bit flipped is refused")
  func floor() {
    let floor = Floor(log: log, head: FileTests.head, epoch: 2)
    flips(FloorFile(floor).encoded) { _ = try FloorFile(parsing: $0) }
  }

  @Test("a snapshot of a state that compresses better than a reader believes is read all the same", arguments: [1, 40])
  func compressible(pieces: Int) throws {
    // LZ4 would make 160 KiB of all.
    let piece = [UInt8](repeating: 7, count: (40 << 20) / pieces)
    var encoder = SnapshotEncoder(
      log: LogID(bytes: Array(0..<16))!, sequence: 9, frame: FileTests.head,
      framePosition: LogPosition(segment: 1, offset: 128))
    for _ in 0..<pieces { piece.withUnsafeBytes { encoder.update($0) } }
    let bytes = Array(encoder.finish().joined())
    #expect(pieces == 1 || bytes.count < 4 << 20)
    // Its digest is compared as it is read.
    #expect(try SnapshotFile(parsing: bytes).state.count == 40 << 20)
  }

  @Test("a snapshot with any bit flipped is refused, or holds the same state")
  func snapshot() throws {
    for state in ["and so on", String(repeating: "and so on ", count: 200)] {
      let file = SnapshotFile(
        log: log, sequence: 7, frame: FileTests.head, framePosition: LogPosition(segment: 1, offset: 128),
        state: Array("tallystick-state-2\n\(state)".utf8))
      let bytes = file.encoded
      var refused = 0
      for bit in 0..<(bytes.count * 8) {
        var changed = bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        guard let read = try? SnapshotFile(parsing: changed) else {
          refused += 1
          continue
        }
        // Two LZ4 frames may hold the same.
        #expect(read.state == file.state && bit / 8 >= SnapshotFile.headerBytes, "bit \(bit)")
      }
      #expect(refused > bytes.count * 7)
    }
  }
}
