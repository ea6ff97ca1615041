import TallyFormat
import TallyTestSupport
import Testing

@testable import Tallystick

@Suite("Names that memory knows")
struct RecentNamesTests {
  private static func record(_ sequence: UInt64) -> ReservationRecord {
    ReservationRecord(
      sequence: sequence, time: 1, expires: 0, id: CompactName(Name("order-\(sequence)")), item: ItemNumber(0),
      reserved: 1, open: 1)
  }

  @Test("sealed names go, but for those of reservations that are still there", arguments: Seeds.few(4))
  func sealing(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var names = RecentNames()
    var reservations = ReservationTable()
    var fingerprints: [UInt64: UInt64] = [:]
    var sequence: UInt64 = 0
    var sealed: UInt64 = 0
    for round in 0..<30 {
      for _ in 0..<2_000 {
        sequence += 1
        let fingerprint = random.next()
        fingerprints[sequence] = fingerprint
        names.insert(fingerprint, sequence)
        reservations.insert(Self.record(sequence))
      }
      let last = sequence
      names.beginGeneration(after: last)
      // Those of a round are forgotten in another: nearly all at once, or nearly none.
      let share = round % 5 == 4 ? 95 : random.number(0...60)
      for old in fingerprints.keys.sorted() where old <= last && random.number(0...99) < share {
        reservations.remove(old)
      }
      names.seal(through: last, reservations)
      sealed = last
      #expect(names.unsealedCount == 0)
      for (old, fingerprint) in fingerprints where reservations.slot(of: old) != nil {
        #expect(names.first(fingerprint) == old, "\(Seeds.replay(seed, of: "RecentNamesTests"))")
      }
      for (old, _) in fingerprints where reservations.slot(of: old) == nil { fingerprints[old] = nil }
      let kept = names.sealed.reduce(0) { $0 + $1.count }
      #expect(kept <= 8 * reservations.count + 16_000, "\(kept) names of \(reservations.count) reservations")
      #expect(names.sealed.count <= 16)
    }
    #expect(sealed == sequence && reservations.count > 0)
  }

  @Test("a name beyond what a table can hold beside the others is left to the index")
  func farApart() {
    var names = RecentNames()
    var reservations = ReservationTable()
    for number: UInt64 in 0..<4 {
      let sequence = 5 + number * (NameTable.maxEvents / 2)
      names.insert((7 + number) << 32, sequence)
      reservations.insert(Self.record(sequence))
      names.seal(through: sequence, reservations)
    }
    #expect(names.sealed.count == 1)
    #expect((0..<4).map { names.first((7 + UInt64($0)) << 32) != nil } == [true, true, false, false])
  }
}
