import TallyFormat
import Testing

@testable import TallyAudit

@Suite("Names that may be used twice")
struct RepeatedNamesTests {
  private func frame(_ ids: [Name], from sequence: UInt64) -> PreparedFrame {
    let frame = PreparedFrame()
    frame.columns.reset(firstSequence: sequence)
    for id in ids {
      id.bytes.withUnsafeBufferPointer {
        frame.columns.appendReservation(
          id: $0, line: LineEntry(item: ItemNumber(0), quantity: 1), timeToLive: 0, time: 0)
      }
    }
    return frame
  }

  @Test("are looked at themselves: a fingerprint alone is no name")
  func suspects() {
    let hasher = NameHasher()
    let frames = [frame(["a", "b"], from: 1), frame(["c", "b"], from: 3)]
    var suspects = Set<UInt64>()
    for frame in frames { hasher.forEach(in: frame.columns.reserved.ids) { suspects.insert($0) } }
    var names = RepeatedNames(suspects, hasher: hasher, violationLimit: 10)
    names.judge(frames[0])
    #expect(names.violations.list == [])
    names.judge(frames[1])
    #expect(names.violations.list.map(\.rule) == [.idReused])
    #expect(names.violations.list.map(\.sequence) == [4])
  }
}
