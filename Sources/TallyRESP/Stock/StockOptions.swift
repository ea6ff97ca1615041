import Tallystick

/// What may follow a command's own words, in any order, each once.
///
/// Such a word is never taken for a SKU: a SKU that is called like one is written with its location, `TTL@main`.
struct StockOptions {
  enum Word: String, CaseIterable {
    case key, ttl, customer, expect, ref, order, release, trim, more, with
    case sku, location, due, count, json, wait, waiting
    /// Of a command that is still to come, so that nobody's SKU changes its meaning then.
    case prefer

    fileprivate init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      // Nearly every word is a SKU or a number: told apart by comparing integers.
      guard bytes.count >= 3, bytes.count <= 8, let index = Word.tags.firstIndex(of: Word.tag(bytes)) else {
        return nil
      }
      self = Word.allCases[index]
    }

    /// The letters, small, in one word.
    private static func tag(_ letters: some Sequence<UInt8>) -> UInt64 {
      letters.reduce(0) { $0 << 8 | UInt64($1 | 0x20) }
    }
    private static let tags = allCases.map { tag($0.rawValue.utf8) }

    static func stands(at index: Int, in words: Words) -> Bool { isOne(words[index]) }
    static func isOne(_ word: UnsafeBufferPointer<UInt8>) -> Bool { Word(word) != nil }
    var text: String { rawValue.uppercased() }
  }

  var key: Name?
  var timeToLive: Int64?
  var customer: Name?
  var expectedSequence: UInt64?
  var reference: Name?
  var order: Name?
  var release: Bool?
  var trims = false
  var more = false
  var holds: HoldSelection?
  var sku: Name?
  var location: Name?
  var wait: Operation.Wait?
  var isDue = false
  var isWaiting = false
  var count: Int?
  var asJSON = false

  /// Reads all that is left.
  ///
  /// - Parameter allowed: what this command may have.
  init(_ words: Words, from start: Int, _ verb: StockVerb, allowed: Set<Word>) throws(StockFlaw) {
    var index = start
    var seen: Set<Word> = []
    while index < words.count {
      guard let word = Word(words[index]) else {
        throw .invalid("\(verb.name) does not go on with \(words.shown(index)): \(verb.name) \(verb.syntax)")
      }
      guard allowed.contains(word) else {
        throw .invalid(
          "\(word.text) is no option of \(verb.name); a SKU of that name is written \(word.text)@main:"
            + " \(verb.name) \(verb.syntax)")
      }
      guard seen.insert(word).inserted else { throw .invalid("\(word.text) stands there twice") }
      index += 1
      try take(word, words, &index)
    }
  }

  private mutating func take(_ word: Word, _ words: Words, _ index: inout Int) throws(StockFlaw) {
    switch word {
    case .trim: trims = true
    case .more: more = true
    case .due: isDue = true
    case .waiting: isWaiting = true
    case .json: asJSON = true
    case .key: key = try words.name(next(word, words, &index), "the key")
    case .customer: customer = try words.name(next(word, words, &index), "the customer")
    case .order: order = try words.name(next(word, words, &index), "the order")
    case .sku: sku = try words.name(next(word, words, &index), "the SKU")
    case .location: location = try words.name(next(word, words, &index), "the location")
    case .ref: reference = words.name(try next(word, words, &index))
    case .ttl: timeToLive = try words.number(next(word, words, &index), Form.timesToLive, "TTL")
    case .expect: expectedSequence = UInt64(try words.number(next(word, words, &index), 0...Int64.max, "EXPECT"))
    case .count: count = Int(try words.number(next(word, words, &index), 1...StockOptions.mostAnswers, "COUNT"))
    case .release:
      let policy = try next(word, words, &index)
      guard words.matches(policy, "NEWEST") || words.matches(policy, "OLDEST") else {
        throw .invalid("RELEASE goes on with NEWEST or OLDEST")
      }
      release = words.matches(policy, "NEWEST")
    case .with: holds = try StockOptions.holds(words, &index)
    case .wait:
      let time = try next(word, words, &index)
      wait =
        words.matches(time, "FOREVER")
        ? .forever : .milliseconds(try words.number(time, Form.timesToLive, "WAIT, unless it is FOREVER,"))
    case .prefer: throw .invalid("\(word.text) is not known to this server yet")
    }
  }

  /// Reservations or events that one question answers at most.
  static let mostAnswers: Int64 = 10_000

  private func next(_ word: Word, _ words: Words, _ index: inout Int) throws(StockFlaw) -> Int {
    guard index < words.count else { throw .invalid("nothing stands behind \(word.text)") }
    defer { index += 1 }
    return index
  }

  /// `ALL`, or ids up to the next option.
  private static func holds(_ words: Words, _ index: inout Int) throws(StockFlaw) -> HoldSelection {
    var ids: [Name] = []
    while index < words.count, !Word.stands(at: index, in: words) {
      ids.append(words.name(index))
      index += 1
    }
    let selection: HoldSelection =
      ids.count == 1 && ids[0].bytes.withUnsafeBufferPointer { $0.matches("ALL") } ? .all : .of(ids)
    if let flaw = Form.flaw(of: selection) { throw .invalid("WITH: \(flaw)") }
    return selection
  }
}
