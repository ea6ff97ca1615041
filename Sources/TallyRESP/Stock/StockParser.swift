import Tallystick

/// The words of a command → what it asks of the log. Knows no state, and does nothing.
package enum StockParser {
  /// - Parameters:
  ///   - words: the command's name and what follows.
  ///   - allowsUnkeyed: take commands that change something and have no key, although a client that loses its connection
  ///     may send them twice.
  package static func parse(
    _ words: Words, _ verb: StockVerb, allowsUnkeyed: Bool = false
  ) throws(StockFlaw) -> StockRequest {
    guard words.count >= verb.fewestWords else {
      throw .invalid("too few words: \(verb.name) \(verb.syntax)")
    }
    switch verb {
    case .get, .show, .holds, .events: return try question(words, verb)
    case .consumers, .consume, .ack, .forget: return try consumption(words, verb)
    case .reserve: return .command(try reservation(words))
    case .register: return .command(try registration(words))
    default: break
    }
    let command = try keyedCommand(words, verb)
    if command.key == nil, !allowsUnkeyed {
      throw StockFlaw(
        kind: .key,
        message: "\(verb.name) needs KEY k, by which a repeat is told: clients send a command again by themselves when"
          + " they lose their connection (nothing was done)")
    }
    return .command(command)
  }

  // MARK: Questions

  private static func question(_ words: Words, _ verb: StockVerb) throws(StockFlaw) -> StockRequest {
    switch verb {
    case .get:
      // A location of its own: the SKU is taken as it stands.
      if words.count > 2, !StockOptions.Word.stands(at: 2, in: words) {
        let options = try StockOptions(words, from: 3, verb, allowed: [.json])
        let item = ItemName(sku: try words.name(1, "the SKU"), location: try words.name(2, "the location"))
        return .level(item, asJSON: options.asJSON)
      }
      let options = try StockOptions(words, from: 2, verb, allowed: [.json])
      return .level(try words.item(1), asJSON: options.asJSON)
    case .show:
      let options = try StockOptions(words, from: 2, verb, allowed: [.json])
      return .reservation(try words.name(1, "the reservation id"), asJSON: options.asJSON)
    case .holds:
      let options = try StockOptions(
        words, from: 1, verb, allowed: [.sku, .location, .customer, .due, .waiting, .count, .json])
      var filter = HoldFilter()
      (filter.sku, filter.location, filter.customer) = (options.sku, options.location, options.customer)
      (filter.isDue, filter.isWaiting) = (options.isDue, options.isWaiting)
      return .holds(filter, count: options.count ?? defaultAnswers, asJSON: options.asJSON)
    default:
      let options = try StockOptions(words, from: 2, verb, allowed: [.count])
      return .events(
        from: UInt64(try words.number(1, 0...Int64.max, "the sequence number")),
        count: options.count ?? defaultAnswers)
    }
  }

  private static func consumption(_ words: Words, _ verb: StockVerb) throws(StockFlaw) -> StockRequest {
    if verb == .consumers {
      return .consumers(asJSON: try StockOptions(words, from: 1, verb, allowed: [.json]).asJSON)
    }
    let consumer = try words.name(1, "the consumer")
    switch verb {
    case .consume:
      let options = try StockOptions(words, from: 2, verb, allowed: [.count])
      return .consume(consumer, count: options.count ?? defaultAnswers)
    case .forget:
      _ = try StockOptions(words, from: 2, verb, allowed: [])
      return .command(Command(.forgetConsumer(consumer)))
    default:
      _ = try StockOptions(words, from: 3, verb, allowed: [])
      let position = try words.number(2, Form.levels, "the sequence number")
      return .command(Command(.acknowledge(consumer: consumer, through: UInt64(position))))
    }
  }

  private static let defaultAnswers = 100

  // MARK: Commands with a key of their own

  private static func reservation(_ words: Words) throws(StockFlaw) -> Command {
    var index = 2
    let lines = try someLines(words, &index, .reserve)
    let id = try words.name(1, "the reservation id")
    if index == words.count { return Command(.reserve(id: id, lines)) }
    let options = try StockOptions(words, from: index, .reserve, allowed: [.customer, .ttl, .wait, .expect])
    return Command(
      .reserve(id: id, lines, customer: options.customer, timeToLive: options.timeToLive, wait: options.wait),
      expectedSequence: options.expectedSequence)
  }

  /// What exists already stays as it is: a repeat does no harm, and there is no event to carry a key.
  private static func registration(_ words: Words) throws(StockFlaw) -> Command {
    var items: [ItemName] = []
    var index = 1
    while index < words.count, !StockOptions.Word.stands(at: index, in: words) {
      items.append(try words.item(index))
      index += 1
    }
    let options = try StockOptions(words, from: index, .register, allowed: [.expect])
    return Command(.register(items), expectedSequence: options.expectedSequence)
  }

  static func someLines(
    _ words: Words, _ index: inout Int, _ verb: StockVerb, in range: ClosedRange<Int64> = Form.quantities,
    at location: Name = .main
  ) throws(StockFlaw) -> [Line] {
    let lines = try words.lines(&index, in: range, at: location)
    if lines.isEmpty { throw .invalid("no line: \(verb.name) \(verb.syntax)") }
    return lines
  }
}
