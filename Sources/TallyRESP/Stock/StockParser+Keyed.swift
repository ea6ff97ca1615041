import Tallystick

/// The commands that take `KEY k`.
extension StockParser {
  static func keyedCommand(_ words: Words, _ verb: StockVerb) throws(StockFlaw) -> Command {
    let (operation, options) = try keyedOperation(words, verb)
    return Command(operation, key: options.key, expectedSequence: options.expectedSequence)
  }

  private static func keyedOperation(
    _ words: Words, _ verb: StockVerb
  ) throws(StockFlaw) -> (Operation, StockOptions) {
    switch verb {
    case .commit, .release: return try settling(words, verb)
    case .return: return try returning(words)
    case .adjust: return try adjusting(words)
    case .transfer: return try transferring(words)
    case .limit, .floor, .extend: return try setting(words, verb)
    case .reopen:
      let options = try StockOptions(words, from: 2, verb, allowed: [.ttl, .key, .expect])
      return (.reopen(id: try words.name(1, "the reservation id"), timeToLive: options.timeToLive), options)
    case .recipe: return try cooking(words)
    case .prefer: return try preferring(words)
    case .amend:
      var index = 2
      let lines = try someLines(words, &index, verb, in: Form.levels)
      let options = try StockOptions(words, from: index, verb, allowed: [.key, .expect])
      return (.amend(id: try words.name(1, "the reservation id"), lines), options)
    default:
      var index = 1
      let lines = try someLines(words, &index, verb)
      let options = try StockOptions(words, from: index, verb, allowed: [.ref, .key, .expect])
      return (.receive(lines, reference: options.reference), options)
    }
  }

  private static func settling(_ words: Words, _ verb: StockVerb) throws(StockFlaw) -> (Operation, StockOptions) {
    let id = try words.name(1, "the reservation id")
    var index = 2
    let found = try words.lines(&index)
    let lines = found.isEmpty ? nil : found
    if verb == .release {
      return (.release(id: id, lines), try StockOptions(words, from: index, verb, allowed: [.key, .expect]))
    }
    let options = try StockOptions(words, from: index, verb, allowed: [.more, .key, .expect])
    guard options.more else { return (.commit(id: id, lines), options) }
    guard let lines else { throw .invalid("MORE needs the lines that were handed over: \(verb.name) \(verb.syntax)") }
    return (.commitMore(id: id, lines), options)
  }

  private static func returning(_ words: Words) throws(StockFlaw) -> (Operation, StockOptions) {
    var index = 1
    let lines = try someLines(words, &index, .return)
    let options = try StockOptions(words, from: index, .return, allowed: [.order, .ref, .key, .expect])
    guard let order = options.order else { return (.returned(lines, reference: options.reference), options) }
    return (.returnedOf(order: order, lines, reference: options.reference), options)
  }

  private static func adjusting(_ words: Words) throws(StockFlaw) -> (Operation, StockOptions) {
    let adjustment: Operation.Adjustment
    if words.matches(2, "TO") {
      adjustment = .to(try words.number(3, Form.levels, "the quantity"))
    } else if words.matches(2, "BY") {
      let change = try words.number(3, Form.changes, "the change")
      if let flaw = Form.flaw(ofChange: change, "the change") { throw .invalid(flaw) }
      adjustment = .by(change)
    } else {
      throw .invalid("TO or BY stands behind the SKU: \(StockVerb.adjust.name) \(StockVerb.adjust.syntax)")
    }
    let reason = words[4]
    if let flaw = Form.flaw(ofText: reason, minimum: 1, "the reason") { throw .invalid(flaw) }
    let options = try StockOptions(words, from: 5, .adjust, allowed: [.release, .trim, .key, .expect])
    if options.trims, options.release == nil { throw .invalid("TRIM needs RELEASE NEWEST or RELEASE OLDEST") }
    return (
      .adjust(
        try words.item(1), adjustment, reason: words.name(4),
        release: options.release.map { ReleasePolicy(isNewest: $0, trims: options.trims) }), options
    )
  }

  private static func transferring(_ words: Words) throws(StockFlaw) -> (Operation, StockOptions) {
    // The locations are words of their own: the SKU is taken as it stands.
    let sku = try words.name(1, "the SKU")
    let quantity = try words.number(2, Form.quantities, "the quantity")
    let from = try words.name(3, "the location")
    let to = try words.name(4, "the location")
    let options = try StockOptions(words, from: 5, .transfer, allowed: [.with, .key, .expect])
    guard let holds = options.holds else {
      return (.transfer(sku: sku, quantity: quantity, from: from, to: to), options)
    }
    return (.transferWith(sku: sku, quantity: quantity, from: from, to: to, holds), options)
  }

  /// A part is where the item is, unless it says otherwise.
  private static func cooking(_ words: Words) throws(StockFlaw) -> (Operation, StockOptions) {
    let item = try words.item(1)
    var index = 3
    var parts: [Line] = []
    if !words.matches(2, "NONE") {
      index = 2
      parts = try someLines(words, &index, .recipe, at: item.location)
    }
    return (.recipe(item, parts), try StockOptions(words, from: index, .recipe, allowed: [.key, .expect]))
  }

  /// The SKU is taken as it stands. A location that is called like an option, or `NONE` alone, is for other ways in.
  private static func preferring(_ words: Words) throws(StockFlaw) -> (Operation, StockOptions) {
    let sku = try words.name(1, "the SKU")
    var index = 2
    var locations: [Name] = []
    while index < words.count, !StockOptions.Word.stands(at: index, in: words) {
      locations.append(try words.name(index, "the location"))
      index += 1
    }
    if locations.isEmpty {
      throw .invalid("no location stands behind the SKU: \(StockVerb.prefer.name) \(StockVerb.prefer.syntax)")
    }
    if locations.count == 1, words.matches(2, "NONE") { locations = [] }
    if let flaw = Form.flaw(ofPreference: sku, locations) { throw .invalid(flaw) }
    return (.prefer(sku, locations), try StockOptions(words, from: index, .prefer, allowed: [.key, .expect]))
  }

  private static func setting(_ words: Words, _ verb: StockVerb) throws(StockFlaw) -> (Operation, StockOptions) {
    let options = try StockOptions(words, from: 3, verb, allowed: [.key, .expect])
    let isNone = words.matches(2, "NONE")
    switch verb {
    case .limit:
      return (.limit(try words.item(1), isNone ? nil : try words.number(2, Form.levels, "the limit")), options)
    case .floor: return (.floor(try words.item(1), try words.number(2, Form.levels, "the floor")), options)
    default:
      let time = isNone ? nil : try words.number(2, Form.timesToLive, "the time to live")
      return (.extend(id: try words.name(1, "the reservation id"), timeToLive: time), options)
    }
  }
}
