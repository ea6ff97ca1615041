import TallyFormat
import Testing

@testable import Tallystick

/// What readers of frames ask before the fold does: here the fold is asked alone.
@Suite("The fold")
struct FoldTests {
  @Test("takes no event but the next one", arguments: [UInt64(1), 3, 4])
  func sequence(_ first: UInt64) {
    var state = State()
    #expect(fold(1, into: &state) == nil)
    #expect(state.lastSequence == 1)
    #expect(fold(first, into: &state) == .sequenceGap)
  }

  private func fold(_ sequence: UInt64, into state: inout State) -> Rule? {
    var columns = EventColumns(firstSequence: sequence)
    columns.appendRegistration(sku: Name("tea-\(sequence)"), location: "main", time: 1, more: false)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { if let rule = state.fold(&columns, row) { return rule } }
    return nil
  }
}
