import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyAudit

@Suite("Open reservations")
struct OpenReservationsTests {

  private func bytes(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    Array(text.utf8).withUnsafeBytes { body($0) }
  }

  /// What a record should say.
  private struct Contents: Equatable {
    var sequence: UInt64
    var id: [UInt8]
    var customer: [UInt8]
    var time: Int64
    var expires: Int64
    var flags: UInt8
    var lines: [[Int64]]

    init(ordinal: Int, id: String, customer: String, _ lines: [(UInt32, Int64)]) {
      sequence = UInt64(ordinal + 1)
      self.id = Array(id.utf8)
      self.customer = Array(customer.utf8)
      time = 7
      expires = Int64(ordinal)
      flags = 0
      self.lines = lines.map { [Int64($0.0), $0.1, $0.1] }
    }

    init(_ record: OpenRecord) {
      sequence = record.sequence
      id = Array(record.id)
      customer = Array(record.customer)
      time = record.time
      expires = record.expires
      flags = record.flags
      lines = (0..<record.lineCount).map {
        let line = record.line($0)
        return [Int64(line.item), line.reserved, line.open]
      }
    }
  }

  @Test(
    "stand as they were added, in order, whatever is closed and however their blocks are thinned",
    arguments: Seeds.few(2))
  func contents(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var open = OpenReservations()
    var expected: [Int: Contents] = [:]
    var made = Set<Int>()
    var waiting: [Int] = []
    for ordinal in 0..<100_000 {
      if waiting.isEmpty || random.one(in: 2) {
        let id = "order-\(ordinal)"
        let customer = random.one(in: 3) ? "c-\(ordinal % 7)" : ""
        let lines = (0..<(random.one(in: 5) ? 3 : 1)).map { (UInt32($0 * 5), Int64(ordinal % 9 + 1)) }
        bytes(id) { id in
          bytes(customer) { customer in
            let record = open.add(
              ordinal, sequence: UInt64(ordinal + 1), id: id, customer: customer, time: 7, expires: Int64(ordinal),
              lines: lines.count + 1)
            for line in lines { record.addLine(line.0, line.1) }
          }
        }
        expected[ordinal] = Contents(ordinal: ordinal, id: id, customer: customer, lines)
        made.insert(ordinal)
        // One in eight is never settled.
        if !random.one(in: 8) { waiting.append(ordinal) }
      } else {
        // Mostly a recent one, sometimes an old one of a block that was thinned before.
        let index = random.one(in: 10) ? random.number(0...(waiting.count - 1)) : waiting.count - 1
        waiting.swapAt(index, waiting.count - 1)
        let settled = waiting.removeLast()
        guard case .open(let handle) = open.standing(settled) else {
          Issue.record("reservation \(settled) is not open; seed \(seed)")
          return
        }
        #expect(handle.record.sequence == UInt64(settled + 1))
        open.close(handle)
        expected[settled] = nil
      }
    }
    // In parts, as a state is written: of some words, of blocks, and of everything.
    for (bytes, least) in [(500, 200), (100_000, 2), (1 << 30, 1)] {
      let parts = open.parts(ofAbout: bytes)
      #expect(
        parts.first?.lowerBound == 0 && zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
      #expect(parts.count >= least, "\(parts.count) parts of \(bytes) bytes")
      var all = [Contents]()
      for part in parts {
        #expect(open.last(before: part).map { Contents($0) } == all.last)
        open.visit(part) { all.append(Contents($0)) }
      }
      #expect(all == expected.keys.sorted().compactMap { expected[$0] }, "seed \(seed)")
    }
    #expect(open.count == expected.count)
    for ordinal in 0..<100_000 {
      switch open.standing(ordinal) {
      case .open: #expect(expected[ordinal] != nil)
      case .closed: #expect(made.contains(ordinal) && expected[ordinal] == nil)
      case .neverMade: #expect(!made.contains(ordinal))
      }
    }
  }

  @Test(
    "closed ones are added again where they stood, again and again, in memory that does not grow",
    arguments: Seeds.few(2))
  func again(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var open = OpenReservations()
    var isOpen = [Bool](repeating: true, count: 80_000)
    for ordinal in isOpen.indices {
      bytes("order-\(ordinal)") { id in
        open.add(ordinal, sequence: UInt64(ordinal + 1), id: id, customer: id, time: 7, expires: 0, lines: 1)
          .addLine(3, Int64(ordinal + 1))
      }
    }
    func close(_ ordinal: Int) {
      guard case .open(let handle) = open.standing(ordinal) else {
        Issue.record("reservation \(ordinal) is not open; seed \(seed)")
        return
      }
      open.close(handle)
      isOpen[ordinal] = false
    }
    // Two blocks are thinned, one until nothing of it is left.
    for ordinal in isOpen.indices where ordinal < 32_768 || !random.one(in: 9) { close(ordinal) }
    for _ in 0..<60_000 {
      let ordinal = random.one(in: 2) ? random.number(0...40_000) : random.number(0...(isOpen.count - 1))
      if isOpen[ordinal] {
        close(ordinal)
      } else {
        bytes("order-\(ordinal)") { id in
          open.addAgain(
            ordinal, sequence: UInt64(ordinal + 1), id: id, customer: id, time: 8, expires: 9, lines: 1
          )
          .setLines([.init(item: 4, reserved: Int64(ordinal + 1), open: 1)])
        }
        isOpen[ordinal] = true
      }
    }
    var found = [Int]()
    open.visit { ordinal, record in
      found.append(ordinal)
      #expect(record.sequence == UInt64(ordinal + 1) && record.line(0).reserved == Int64(ordinal + 1))
    }
    #expect(found == isOpen.indices.filter { isOpen[$0] } && open.count == found.count, "seed \(seed)")
    #expect(isOpen.indices.allSatisfy { open.isOpen($0) == isOpen[$0] })
  }

  @Test("keep what was settled of a line, and are settled when nothing is open")
  func lines() {
    var open = OpenReservations()
    bytes("a") { id in
      bytes("") { none in
        let record = open.add(5, sequence: 6, id: id, customer: id, time: 1, expires: 0, lines: 3)
        record.addLine(3, 10)
        record.addLine(4, 1)
        record.settle(line: 0, 4)
        #expect(record.line(0).open == 6)
        #expect(record.line(1).open == 1)
        #expect(!record.isSettled)
        record.settle(line: 0, 9)
        record.settle(line: 1, 1)
        #expect(record.line(0).open == 0)
        #expect(record.isSettled)
        // There was room for a line more.
        #expect(record.customer.elementsEqual(id))
        let length = record.length
        open.closeLines(of: record)
        #expect(record.length == length - 20)
        #expect(record.id.elementsEqual(id) && record.customer.elementsEqual(id))
        #expect(record.line(1).item == 4)
      }
    }
  }
}
