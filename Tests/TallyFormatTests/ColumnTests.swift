import TallyTestSupport
import Testing

@testable import TallyFormat

@Suite("Columns")
struct ColumnTests {
  private func roundTrip(_ values: [UInt64]) throws -> [UInt64] {
    var out = ByteWriter()
    PackedColumn.encode(values.count, into: &out) { values[$0] }
    var decoded = [UInt64]()
    let failure: MalformedBytes? = out.bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        let seen = try PackedColumn.decode(values.count, from: &reader) { decoded.append($1) }
        guard seen.low == values.min() ?? 0, seen.high == values.max() ?? 0 else { return MalformedBytes("extremes") }
        return reader.remaining == 0 ? nil : MalformedBytes("left over")
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    return decoded
  }

  @Test("numbers of every width come back", arguments: 0...56)
  func widths(_ width: Int) throws {
    for seed in Seeds.few(3) {
      var random = SplitMix64(seed: seed)
      for count in [0, 1, 2, 7, 8, 9, 63, 64, 65, 300] {
        let values = (0..<count).map { _ in width == 0 ? 0 : random.next() >> UInt64(64 - width) }
        #expect(try roundTrip(values) == values)
        let base = (UInt64(1) << 56) - (UInt64(1) << UInt64(width))
        let shifted = values.map { $0 + base }
        #expect(try roundTrip(shifted) == shifted)
      }
    }
  }

  @Test(
    "strings of every mode come back",
    arguments: [
      ["order-1", "order-2", "order-10"], ["order-001", "order-002", "order-100"], ["7", "8", "007"], ["", "", ""],
      ["550e8400-e29b-41d4-a716-446655440000", "00000000-0000-0000-0000-000000000000"],
      ["550E8400-E29B-41D4-A716-446655440000"], ["a", "", "b1"], ["x999999999999999", "x1"], ["12345678901234567890"],
      ["order-1", "odder-2"], ["order-1", "order-"], ["é", "e\u{301}"], ["order-0998", "order-0999", "order-1000"],
      ["o9", "o10", "o11", "o10", "o9"], ["0", "1", "2"], ["999999999999998", "999999999999999"], ["a09", "a1", "a2"],
    ])
  func strings(_ texts: [String]) throws {
    var column = StringColumn()
    for text in texts { column.append(Name(text)) }
    var out = ByteWriter()
    column.encode(into: &out)
    let result: Result<StringColumn, MalformedBytes> = out.bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        return .success(try StringColumn.decode(texts.count, maximum: 64, from: &reader))
      } catch {
        return .failure(error)
      }
    }
    #expect(try result.get() == column)
  }

  @Test("sequential order numbers cost nothing but their first")
  func numbered() {
    var column = StringColumn()
    for number in 0..<1000 { column.append(Name("order-\(100_000 + number)")) }
    var out = ByteWriter()
    column.encode(into: &out)
    #expect(out.bytes.count < 24)
  }

  @Test("a bomb of a few bytes is refused before it is unpacked")
  func bombs() {
    let zeros = [UInt8](repeating: 0, count: 64 << 20)
    var compressed = [UInt8]()
    zeros.withUnsafeBytes { LZ4Frames.compress($0, into: &compressed) }
    let decompressor = LZ4Decompressor()
    #expect(throws: MalformedBytes.self) {
      try compressed.withUnsafeBytes { try decompressor.withDecompressed($0, maximum: 1 << 20) { $0.count } }
    }
    #expect(decompressor.lastCount <= 1 << 20)
  }

  @Test("LZ4 frames with linked blocks or a dictionary's id are refused, though liblz4 reads them")
  func foreignFrames() throws {
    /// One block, not compressed: `ab`.
    func contents(_ descriptor: [UInt8], magic: UInt8 = 0x22) throws -> [UInt8] {
      let frame = [0x04, magic, 0x4D, 0x18] + descriptor + [2, 0, 0, 0x80, 0x61, 0x62, 0, 0, 0, 0]
      return try frame.withUnsafeBytes { try LZ4Decompressor().withDecompressed($0, maximum: 10) { Array($0) } }
    }
    #expect(try contents([0x60, 0x40, 0x82]) == [0x61, 0x62])
    #expect(throws: MalformedBytes("is an LZ4 frame whose blocks are linked")) { try contents([0x40, 0x40, 0xC0]) }
    #expect(throws: MalformedBytes("is an LZ4 frame that needs a dictionary")) {
      try contents([0x61, 0x40, 7, 0, 0, 0, 0xE3])
    }
    #expect(throws: MalformedBytes("does not begin like an LZ4 frame")) {
      try contents([0x60, 0x40, 0x82], magic: 0x23)
    }
  }
}
