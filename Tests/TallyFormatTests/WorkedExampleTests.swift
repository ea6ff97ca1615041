import TallyTestSupport
import Testing

@testable import TallyFormat

@Suite("The format document's worked example")
struct WorkedExampleTests {
  private let log = LogID(bytes: Array(0..<16))!
  /// 2026-01-01T00:00:00Z.
  private let time: Int64 = 1_767_225_600_000

  private var document: String {
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
      + "/Sources/TallyFormat/TallyFormat.docc/Format.md"
  }

  /// `receive tea=100 --ref PO-7`, a second later `reserve order-12 tea=2 --customer c-9 --ttl 15m`, then an idle writer.
  private func segment() -> (bytes: [UInt8], head: Digest) {
    var columns = EventColumns(firstSequence: 1)
    columns.appendRegistration(sku: "tea", location: .main, time: time, more: true)
    [LineEntry(item: ItemNumber(0), quantity: 100)].withUnsafeBufferPointer {
      columns.appendMovement(
        isReturn: false, lines: $0, reference: "PO-7", key: nil, digest: .none, time: time, more: false)
    }
    let id = Array("order-12".utf8)
    let customer = Array("c-9".utf8)
    id.withUnsafeBufferPointer { id in
      customer.withUnsafeBufferPointer { customer in
        [LineEntry(item: ItemNumber(0), quantity: 2)].withUnsafeBufferPointer { lines in
          columns.appendReservation(
            id: id, lines: lines, customer: customer, timeToLive: 900_000, time: time + 1_000, more: false)
        }
      }
    }
    let header = SegmentHeader(log: log, after: .empty, settings: LogSettings())
    var encoder = FrameEncoder(log: log)
    let first = encoder.encode(columns, after: .empty, epoch: 1)
    let second = encoder.encode(EventColumns(firstSequence: 4), after: first.head, epoch: 1)
    return (header.encoded + first.bytes + second.bytes, second.head.hash)
  }

  @Test("has the bytes that the encoder makes today")
  func sameBytes() throws {
    let example = try #require(WorkedExample(document: document))
    let (bytes, head) = segment()
    #expect(example.wrongOffsets == [])
    #expect(example.bytes == bytes, "the encoder makes \(Hex.encode(bytes))")
    #expect(example.results["head_hash"] == head.description)
  }
}
