import TallyTestSupport
import Testing

@testable import TallyFormat

@Suite("Rows of events")
struct EventColumnsTests {
  @Test("come back from a payload as they were, and need no more bytes than was said", arguments: Seeds.few(60))
  func roundTrip(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    let columns = rows.columns(rows.random.number(1...80))
    let payload = columns.payload
    let decoded = try EventColumns.decode(payload)
    #expect(decoded == columns, "\(Seeds.replay(seed, of: "EventColumnsTests"))")
    #expect(decoded.payload == payload)
    #expect(payload.count <= columns.payloadBound)
  }

  @Test("decoded into columns that held others are as if decoded into none", arguments: Seeds.few(10))
  func refilling(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    var columns = EventColumns(firstSequence: 1)
    for _ in 0..<30 {
      let next = rows.columns(rows.random.number(1...60))
      let result: Result<Void, MalformedBytes> = next.payload.withUnsafeBytes { payload in
        do throws(MalformedBytes) { return .success(try columns.refill(from: payload)) } catch {
          return .failure(error)
        }
      }
      try result.get()
      #expect(columns == next, "\(Seeds.replay(seed, of: "EventColumnsTests"))")
      // What a refused payload leaves behind is no part of the next.
      var broken = next.payload
      broken[rows.random.number(0...(broken.count - 1))] ^= 1 << UInt8(rows.random.number(0...7))
      broken.withUnsafeBytes { payload in
        do throws(MalformedBytes) { try columns.refill(from: payload) } catch {}
      }
    }
  }

  @Test("come back from a frame", arguments: Seeds.few(10))
  func frames(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    let columns = rows.columns(rows.random.number(1...300))
    let log = try #require(LogID(bytes: rows.random.bytes(16)))
    var encoder = FrameEncoder(log: log)
    let encoded = encoder.encode(columns, after: .empty, epoch: 3)
    let frame = try encoded.bytes.withUnsafeBytes { try Frame.parse($0, log: log) }
    #expect(frame.head == encoded.head && frame.number == 0)
    #expect(frame.lastSequence + 1 == columns.nextSequence)
    #expect(try LZ4Decompressor().columns(of: frame) == columns)
  }

  @Test("that came after a mark are forgotten without a trace", arguments: Seeds.few(40))
  func truncating(seed: UInt64) throws {
    var rows = RandomRows(seed: seed)
    var columns = rows.columns(rows.random.number(1...30))
    let before = columns
    let mark = columns.mark
    rows.append(rows.random.number(0...30), to: &columns)
    columns.truncate(to: mark)
    #expect(columns == before, "\(Seeds.replay(seed, of: "EventColumnsTests"))")
    #expect(columns.payload == before.payload)
    #expect(columns.payloadBound == before.payloadBound)
    // What is appended then is as if nothing had been in between.
    var again = before
    var other = rows
    rows.append(20, to: &columns)
    other.append(20, to: &again)
    #expect(columns == again)
    columns.reset(firstSequence: 9)
    #expect(columns == EventColumns(firstSequence: 9))
  }

  @Test("with changed bytes are refused or decode to a payload of their own, and never crash", arguments: Seeds.few(6))
  func mutations(seed: UInt64) {
    var rows = RandomRows(seed: seed)
    for _ in 0..<20 {
      let payload = rows.columns(rows.random.number(1...20)).payload
      for _ in 0..<60 {
        var bytes = payload
        for _ in 0..<rows.random.number(1...3) {
          bytes[rows.random.number(0...(bytes.count - 1))] = rows.random.pick([
            0, 1, 0x7F, 0x80, 0xFF, rows.random.bytes(1)[0],
          ])
        }
        guard let decoded = try? EventColumns.decode(bytes) else { continue }
        #expect(decoded.count <= Limits.maxEventsPerFrame)
        #expect(throws: Never.self) { try EventColumns.decode(decoded.payload) }
      }
    }
  }

  @Test("a payload cut short anywhere, or with a byte more, is refused", arguments: Seeds.few(6))
  func cut(seed: UInt64) {
    var rows = RandomRows(seed: seed)
    let payload = rows.columns(12).payload
    for length in 0..<payload.count {
      #expect(throws: MalformedBytes.self) { try EventColumns.decode(Array(payload.prefix(length))) }
    }
    #expect(throws: MalformedBytes.self) { try EventColumns.decode(payload + [0]) }
  }

  @Test("garbage is refused or decodes, and never crashes", arguments: Seeds.few(6))
  func garbage(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<3_000 {
      var body = ByteWriter()
      // A right beginning leads further in.
      body.varint(UInt64(random.number(1...9)))
      body.varint(UInt64(random.number(1...4)))
      body.raw(random.bytes(random.number(0...60)).map { random.one(in: 3) ? $0 & 31 : $0 })
      var out = ByteWriter()
      out.varint(UInt64(body.bytes.count))
      out.raw(body.bytes)
      _ = try? EventColumns.decode(out.bytes)
    }
  }

  /// `count` rows of one kind in a few bytes, followed by `group`.
  private func claim(_ count: Int, _ kind: EventKind, group: [UInt8]) -> [UInt8] {
    var body = ByteWriter()
    for number in [1, UInt64(count), 0] { body.varint(number) }
    body.raw([0x80, kind.rawValue << 1, 0])
    body.raw(group)
    var out = ByteWriter()
    out.varint(UInt64(body.bytes.count))
    out.raw(body.bytes)
    return out.bytes
  }

  @Test("a few bytes may claim 2^18 events, not one more, and no more lines and results than a frame has")
  func claims() throws {
    let most = Limits.maxEventsPerFrame
    let expiries = claim(most, .expired, group: [0, 0])
    #expect(expiries.count < 20)
    #expect(try EventColumns.decode(expiries).count == most)
    #expect(throws: MalformedBytes.self) { try EventColumns.decode(claim(most + 1, .expired, group: [0, 0])) }
    // Lines: four each are allowed, five are not; item 0, quantity 1, no references, no keys.
    #expect(try EventColumns.decode(claim(most, .received, group: [0x80, 4, 0, 0x80, 1, 0, 0])).count == most)
    #expect(throws: MalformedBytes.self) {
      try EventColumns.decode(claim(most, .received, group: [0x80, 5, 0, 0x80, 1, 0, 0]))
    }
    // Batches of four results and of five.
    #expect(try EventColumns.decode(claim(most, .batch, group: [0, 0x80, 4, 0])).count == most)
    #expect(throws: MalformedBytes.self) { try EventColumns.decode(claim(most, .batch, group: [0, 0x80, 5, 0])) }
    // A batch has results.
    #expect(throws: MalformedBytes.self) { try EventColumns.decode(claim(1, .batch, group: [0, 0, 0])) }
    // Numbered strings of 64 bytes each: a prefix of 49 and 15 digits.
    let prefix = [UInt8](repeating: 0x78, count: 49)
    let strings = [3, 49] + prefix + [0x80, 15, 0, 0]
    #expect(try EventColumns.decode(claim(most, .itemRegistered, group: strings + strings)).count == most)
  }
}
