/// Commands that a server gathers from many clients and hands over together: the plain ones as rows, straight from the
/// bytes they came in, the others whole. A command that is a row allocates nothing and is never an ``Operation``, unless
/// the straight lines do not accept it.
///
/// A value; fill it, hand it over with ``TallyLog/hand(_:answer:)-(GatheredCommands,_)``, empty it, fill it again.
package struct GatheredCommands: Sendable {
  private(set) var rows = NamedRows()
  /// Those that are no rows, in order, and which of all each is.
  private var others: [(index: Int, command: Command)] = []
  private let hash: SipHash

  init(_ hash: SipHash) { self.hash = hash }

  package var count: Int { rows.count }
  package var isEmpty: Bool { rows.count == 0 }
  /// How many are kept as commands.
  var wholeCount: Int { others.count }

  /// Appends a reservation of one line.
  ///
  /// - Parameter timeToLive: milliseconds; `nil`: it never expires.
  /// - Returns: false: something about it is wrong, and nothing was appended. As a ``Command`` it is told what.
  package mutating func reserve(
    id: UnsafeBufferPointer<UInt8>, sku: UnsafeBufferPointer<UInt8>, location: UnsafeBufferPointer<UInt8>,
    quantity: Int64, timeToLive: Int64?
  ) -> Bool {
    rows.reserve(id: id, sku: sku, location: location, quantity, timeToLive: timeToLive, hash)
  }

  package mutating func append(_ command: Command) {
    rows.append([command], hash)
    // Plain ones too: it is made already.
    others.append((rows.count - 1, command))
  }

  /// A command, as it was appended or as it would have been.
  func command(_ index: Int) -> Command {
    if let whole = whole(index) { return whole }
    // What is neither a row nor kept whole was never appended.
    return rows.command(index) ?? Command(.expire)
  }

  /// All, as commands: for who must look at each.
  package var commands: [Command] { (0..<count).map { command($0) } }

  private func whole(_ index: Int) -> Command? {
    var (low, high) = (0, others.count)
    while low < high {
      let middle = (low + high) / 2
      if others[middle].index < index { low = middle + 1 } else { high = middle }
    }
    return low < others.count && others[low].index == index ? others[low].command : nil
  }

  /// How many of some commands are reservations.
  package func reservationCount(_ range: Range<Int>) -> Int {
    var count = 0
    for index in range {
      switch rows.rows.columns.kinds[index] {
      case .reserve: count += 1
      case .other: count += whole(index)?.operation.reservationID == nil ? 0 : 1
      default: break
      }
    }
    return count
  }

  /// Forgets the commands and keeps their memory, but not more than a busy moment's.
  package mutating func removeAll() {
    if count > GatheredCommands.kept {
      self = GatheredCommands(hash)
      return
    }
    rows.removeAll()
    others.removeAll(keepingCapacity: true)
  }
  private static let kept = 8_192
}

extension TallyLog {
  /// None yet. Any thread.
  package func gatherCommands() -> GatheredCommands { GatheredCommands(hash) }
}
