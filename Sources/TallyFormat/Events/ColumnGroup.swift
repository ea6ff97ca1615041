/// The columns of one kind of event, or of two that have the same ones.
///
/// A group says once, in ``visitColumns(_:of:)``, which columns it has, in what order the payload has them and what
/// stands in each. Encoding, decoding, cutting, measuring and looking at names are visitors over that list: a new column
/// is declared, listed and appended to in its group's file, and nowhere else.
protocol ColumnGroup: Sendable, Equatable {
  /// Rows of the group.
  var count: Int { get }

  /// Hands each column that events of `kind` have to `visitor`, in the order of the payload.
  ///
  /// In place, so that a visitor may fill or cut columns without copying them; one that only looks leaves them as they
  /// are.
  mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure)
}

/// What is done to every column of a group, whatever stands in it. A new sort of column is a new requirement here, and
/// the compiler asks each visitor what becomes of it.
protocol ColumnVisitor {
  associatedtype Failure: Error

  mutating func visit(_ column: inout StringColumn, _ role: TextRole) throws(Failure)
  /// - Parameter minimum: lines that each event must have: 1, or 0 where none means "all that is open".
  mutating func visit(_ column: inout LineColumn, atLeast minimum: UInt64) throws(Failure)
  mutating func visit(_ column: inout KeyColumn) throws(Failure)
  mutating func visit<F: NumberForm>(_ column: inout [F.Value], _ form: F.Type) throws(Failure)
  /// - Parameter column: sequence numbers of earlier events.
  mutating func visit(references column: inout [UInt64]) throws(Failure)
  mutating func visit(_ column: inout ResultColumn) throws(Failure)
  /// - Parameter kind: of the events, which say how far back the reservations are.
  mutating func visit(_ column: inout HoldColumn, of kind: EventKind) throws(Failure)
}
