/// What a user may do. Each stands for itself: who may sell may not read by that.
package enum Role: String, CaseIterable, Sendable {
  /// Questions about stock and reservations.
  case read
  /// What a shop does with orders: reservations from the first to the last, and goods that come back of one.
  case sell
  /// What a warehouse does: receipts, counts, transfers, and what items are.
  case stock
  /// The events themselves, who reads them, and how the server fares.
  case audit
}

/// Several roles.
package struct Roles: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package init(_ role: Role) {
    rawValue =
      switch role {
      case .read: 1
      case .sell: 2
      case .stock: 4
      case .audit: 8
      }
  }

  static let read = Roles(Role.read)
  static let sell = Roles(Role.sell)
  static let stock = Roles(Role.stock)
  static let audit = Roles(Role.audit)

  /// In the order of their declaration.
  package var all: [Role] { Role.allCases.filter { isSuperset(of: Roles($0)) } }

  /// For people and for the users' file: `sell,read`.
  package var text: String { all.map(\.rawValue).joined(separator: ",") }
}
