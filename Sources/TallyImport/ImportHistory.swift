import Tallystick

/// What a log has, for an import into it.
public protocol ImportHistory {
  /// Where a reservation stands; `nil` if there is none.
  func reservation(_ id: Name) throws(ImportError) -> ReservationStatus?
  /// What was committed of a reservation that was settled in more than one way.
  func committed(of id: Name) throws(ImportError) -> [Line]
  /// What was committed of a reservation and has not come back. Cost: a fold of the log, from the reservation on where an index
  /// knows it.
  func sold(of id: Name) throws(ImportError) -> [Line]
  /// The event that a key's command made; `nil` if none did. Cost: a fold of the log.
  func event(of key: Name) throws(ImportError) -> RecordedEvent?
  /// What earlier imports received under keys that begin so and end with a slash and a number. Cost: a fold of the log.
  func opened(_ key: Name) throws(ImportError) -> OpenedStock
  /// What there is of items; `nil` for those that do not exist.
  func levels(of items: [ItemName]) throws(ImportError) -> [StockLevel?]
}

/// Opening stock that a log has.
public struct OpenedStock: Sendable {
  public var items: Set<ItemName> = []
  /// The highest number of a key.
  public var lastNumber = 0
  public init() {}
}

/// What an open log has.
public final class LogHistory: ImportHistory {
  private let log: TallyLog
  private let reader: LogReader

  public init(_ log: TallyLog, _ reader: LogReader) {
    self.log = log
    self.reader = reader
  }

  public func reservation(_ id: Name) throws(ImportError) -> ReservationStatus? {
    do throws(LogFailure) { return try log.reservation(id) } catch { throw .file(error.description) }
  }

  public func committed(of id: Name) throws(ImportError) -> [Line] {
    do throws(TallyError) {
      return try reader.show(id)?.lines.compactMap { $0.committed > 0 ? Line($0.item, $0.committed) : nil } ?? []
    } catch {
      throw .file(error.description)
    }
  }

  public func sold(of id: Name) throws(ImportError) -> [Line] {
    do throws(TallyError) {
      return try reader.show(id)?.lines.compactMap {
        $0.committed > $0.returned ? Line($0.item, $0.committed - $0.returned) : nil
      } ?? []
    } catch {
      throw .file(error.description)
    }
  }

  public func event(of key: Name) throws(ImportError) -> RecordedEvent? {
    var filter = EventFilter()
    filter.id = key
    var found: RecordedEvent?
    try forEach(filter) { event in
      guard event.key == key else { return true }
      found = event
      return false
    }
    return found
  }

  public func opened(_ key: Name) throws(ImportError) -> OpenedStock {
    var stock = OpenedStock()
    let prefix = key.bytes + [UInt8(ascii: "/")]
    try forEach(EventFilter()) { event in
      guard event.kind == .received, let name = event.key?.bytes, name.starts(with: prefix),
        let number = Int(String(decoding: name[prefix.count...], as: UTF8.self))
      else { return true }
      stock.lastNumber = max(stock.lastNumber, number)
      for line in event.lines { stock.items.insert(line.item) }
      return true
    }
    return stock
  }

  public func levels(of items: [ItemName]) throws(ImportError) -> [StockLevel?] {
    do throws(LogFailure) { return try log.stock(items) } catch { throw .file(error.description) }
  }

  private func forEach(_ filter: EventFilter, _ body: (RecordedEvent) -> Bool) throws(ImportError) {
    do { try reader.events(filter, body) } catch { throw .file("\(error)") }
  }
}
