import TallyFormat
import Testing

@testable import Tallystick

/// What readers of frames ask before the fold does: here the fold is asked alone.
@Suite("The fold")
struct FoldTests {
  @Test("takes no event but the next one", arguments: [UInt64(1), 3, 4])
  func sequence(_ first: UInt64) {
    var state = State()
    #expect(fold(registration(1), into: &state) == nil)
    #expect(state.lastSequence == 1)
    #expect(fold(registration(first), into: &state) == .sequenceGap)
  }

  // A retry of what closed it is answered from it until the closing event, too, can be looked up.
  @Test("keeps a closed reservation until what closed it may be forgotten")
  func closed() {
    var state = State()
    state.keepsClosed = true
    var columns = hold(customer: "")
    columns.appendSettlement(
      .committed, reservation: 3, lines: UnsafeBufferPointer(start: nil, count: 0), key: nil, digest: .none, time: 1,
      more: false)
    #expect(fold(columns, into: &state) == nil)
    state.forgetClosed(through: 3)
    #expect(state.reservations[3] != nil)
    state.forgetClosed(through: 4)
    #expect(state.reservations[3] == nil)
  }

  // A release cannot repeat it.
  @Test("remembers that an adjustment released a hold, with and without a customer", arguments: ["", "ann"])
  func releasedByAdjust(customer: String) {
    var state = State()
    state.keepsClosed = true
    var columns = hold(customer: Name(customer))
    columns.appendSettlement(
      .released, reservation: 3, lines: UnsafeBufferPointer(start: nil, count: 0), byAdjust: true, key: nil,
      digest: .none, time: 1, more: true)
    columns.appendAdjustment(
      item: ItemNumber(0), isTo: false, change: -1, reason: "count", policy: 1, key: nil, digest: .none, time: 1,
      more: false)
    #expect(fold(columns, into: &state) == nil)
    #expect(state.reservations[3]?.closing?.byAdjust == true)
  }

  private func registration(_ sequence: UInt64) -> EventColumns {
    var columns = EventColumns(firstSequence: sequence)
    columns.appendRegistration(sku: Name("tea-\(sequence)"), location: "main", time: 1, more: false)
    return columns
  }

  /// Events 1 to 3: one tea is received, and held.
  private func hold(customer: Name) -> EventColumns {
    var columns = EventColumns(firstSequence: 1)
    columns.appendRegistration(sku: "tea", location: "main", time: 1, more: true)
    let line = LineEntry(item: ItemNumber(0), quantity: 1)
    columns.appendReceipt(line, time: 1)
    let id: Name = "a"
    id.bytes.withUnsafeBufferPointer { id in
      customer.bytes.withUnsafeBufferPointer { customer in
        withUnsafePointer(to: line) { line in
          columns.appendReservation(
            id: id, lines: UnsafeBufferPointer(start: line, count: 1), customer: customer, timeToLive: 0, time: 1,
            more: false)
        }
      }
    }
    return columns
  }

  private func fold(_ columns: EventColumns, into state: inout State) -> Rule? {
    var columns = columns
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) { if let rule = state.fold(&columns, row) { return rule } }
    return nil
  }
}
