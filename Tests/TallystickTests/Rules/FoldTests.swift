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

  // A retry of what closed it is answered from it until the closing event, too, can be looked up.
  @Test("keeps a closed reservation until what closed it may be forgotten")
  func closed() {
    var state = State()
    state.keepsClosed = true
    var columns = EventColumns(firstSequence: 1)
    columns.appendRegistration(sku: "tea", location: "main", time: 1, more: true)
    columns.appendReceipt(LineEntry(item: ItemNumber(0), quantity: 1), time: 1)
    let id: Name = "a"
    id.bytes.withUnsafeBufferPointer { id in
      withUnsafePointer(to: LineEntry(item: ItemNumber(0), quantity: 1)) { line in
        columns.appendReservation(
          id: id, lines: UnsafeBufferPointer(start: line, count: 1),
          customer: UnsafeBufferPointer(start: nil, count: 0),
          timeToLive: 0, time: 1, more: false)
      }
    }
    columns.appendSettlement(
      .committed, reservation: 3, lines: UnsafeBufferPointer(start: nil, count: 0), key: nil, digest: .none, time: 1,
      more: false)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { #expect(state.fold(&columns, row) == nil) }
    state.forgetClosed(through: 3)
    #expect(state.reservations[3] != nil)
    state.forgetClosed(through: 4)
    #expect(state.reservations[3] == nil)
  }

  private func fold(_ sequence: UInt64, into state: inout State) -> Rule? {
    var columns = EventColumns(firstSequence: sequence)
    columns.appendRegistration(sku: Name("tea-\(sequence)"), location: "main", time: 1, more: false)
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { if let rule = state.fold(&columns, row) { return rule } }
    return nil
  }
}
