import TallyFormat

/// What a history is to tell of: see ``AuditOptions/history``.
package struct HistoryRequest: Sendable {
  /// An item to be drawn.
  package struct Item: Sendable, Equatable {
    package var sku: Name
    /// `nil`: at all its locations.
    package var location: Name?
    package init(sku: Name, location: Name?) {
      self.sku = sku
      self.location = location
    }
  }

  /// In this order. None: those that ran lowest and those that were asked for most, in turn.
  package var items: [Item]
  /// Items drawn at most.
  package static let mostItems = 6

  package init(items: [Item] = []) { self.items = items }
}

/// An item as people call it.
package struct HistoryItem: Sendable, Equatable {
  package var sku: String
  package var location: String
  package init(sku: String, location: String) {
    self.sku = sku
    self.location = location
  }
}

/// How a log came to where it is, for people: thinned out to a few hundred places whatever the log's size, so that nothing
/// that went low or high is lost. Gathered by a second reading: see ``AuditOptions/history``.
package struct AuditHistory: Sendable {
  /// From the first event told of to the last.
  package var span: TimeSpan
  /// Of the items chosen, in the order asked for.
  package var stock: [StockHistory] = []
  /// Somebody named the items.
  package var isOfNamedItems = false
  /// Asked for, and there is none such.
  package var unknownItems: [HistoryItem] = []
  /// Asked for, and more than are drawn.
  package var itemsLeftOut = 0
  /// The items that ran lowest, lowest first.
  package var moments: [TightMoment] = []
  /// How many events there were when.
  package var pace: TimeColumns
  package var refusals: RefusalHistory
  package var waiting: WaitingHistory
  package var expiries: ExpiryHistory

  init(span: TimeSpan) {
    self.span = span
    pace = TimeColumns(span, kinds: 1)
    refusals = RefusalHistory(span)
    waiting = WaitingHistory(span)
    expiries = ExpiryHistory(span)
  }
}

/// When an item had the least available after an event that took some.
package struct TightMoment: Sendable {
  package var item: HistoryItem
  /// Units left.
  package var available: Int64
  /// The first event that left it so.
  package var sequence: UInt64
  /// Of the event: Unix milliseconds; `nil`: it is not among the events told of.
  package var time: Int64?
  /// What happened, as events are named.
  package var kind = ""
  /// The reservation that it was about; empty: none.
  package var id = ""
}
