import TallyFormat

/// The text: a line for each of the parts, words between blanks.
extension RememberedAudit {
  /// Name and version.
  private static let (kind, label) = ("tallystick-audit/", "tallystick-audit/2")

  /// With a line feed at its end.
  var text: String {
    var lines = [
      RememberedAudit.label, "log \(log)",
      "head \(head.nextFrame) \(head.lastSequence) \(head.hash) \(head.epoch)",
      "place \(position.segment) \(position.offset)",
      (["edge"] + tree.edge.map(\.description)).joined(separator: " "), "state \(state.text)",
      (["marks", marks.name, "\(marks.nonce)", "\(marks.pages.size)"] + marks.pages.edge.map(\.description))
        .joined(separator: " "),
      (["tail"] + marks.tail.map { String($0, radix: 16) }).joined(separator: " "),
    ]
    lines += names.map { "names \($0.text)" }
    lines.append("tags \(tags.map(\.text) ?? "signer")")
    lines.append("keys \(hasher.text)")
    let lowest = counts.lowest == .max ? "" : " \(counts.lowest) \(counts.lowestSequence)"
    lines.append("counts \(counts.reservations) \(counts.joined) \(counts.filled) \(counts.firstTime)\(lowest)")
    return lines.map { $0 + "\n" }.joined()
  }

  /// Whether a text is what another version of this program wrote.
  static func isOfAnotherVersion(_ text: String) -> Bool {
    text.hasPrefix(kind) && !text.hasPrefix(label + "\n")
  }

  /// - Throws: `MalformedBytes` for anything else.
  init(parsing text: String) throws(MalformedBytes) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    func words(_ name: String) throws(MalformedBytes) -> [Substring] {
      guard let line = lines.popFirst() else { throw MalformedBytes("ends before its line “\(name)”") }
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.first.map(String.init) == name else { throw MalformedBytes("has no line “\(name)” where it is due") }
      return Array(words.dropFirst())
    }
    guard try words(RememberedAudit.label).isEmpty else { throw MalformedBytes("is of another kind") }
    guard let id = try words("log").only.flatMap({ Hex.decode(String($0)) }).flatMap({ LogID(bytes: $0) }) else {
      throw MalformedBytes("names no log")
    }
    log = id
    head = try RememberedAudit.head(try words("head"))
    let place = try words("place")
    guard place.count == 2, let segment = UInt64(place[0]), let offset = Int(place[1]), offset >= 0 else {
      throw MalformedBytes("names no place")
    }
    position = LogPosition(segment: segment, offset: offset)
    tree = try GrowingTree(head.nextFrame, edge: try words("edge"))
    state = try File(try words("state"))
    marks = try Marks(try words("marks"), tail: try words("tail"))
    names = []
    while lines.first?.hasPrefix("names ") == true { names.append(try NameRun(try words("names"))) }
    let tagged = try words("tags")
    tags = tagged.only.flatMap { TagKey($0) }
    guard tags != nil || tagged == ["signer"] else { throw MalformedBytes("does not say how its files are tagged") }
    guard let hasher = try NameHasher(text: words("keys").joined(separator: " ")) else {
      throw MalformedBytes("has no keys")
    }
    self.hasher = hasher
    counts = try Counts(try words("counts"))
    guard lines == [""] else { throw MalformedBytes("has lines behind its last") }
  }

  private static func head(_ words: [Substring]) throws(MalformedBytes) -> ChainHead {
    guard words.count == 4, let frames = UInt64(words[0]), let sequence = UInt64(words[1]),
      let hash = Digest(hexadecimal: String(words[2])), let epoch = UInt64(words[3]), frames >= 1,
      sequence < UInt64(Int64.max)
    else { throw MalformedBytes("has no head") }
    return ChainHead(nextFrame: frames, lastSequence: sequence, hash: hash, epoch: epoch)
  }
}

extension GrowingTree {
  fileprivate init(_ size: UInt64, edge words: [Substring]) throws(MalformedBytes) {
    let edge = words.compactMap { Digest(hexadecimal: String($0)) }
    guard edge.count == words.count, let tree = GrowingTree(size: size, edge: edge) else {
      throw MalformedBytes("has another tree's edge")
    }
    self = tree
  }
}

extension RememberedAudit.File {
  fileprivate var text: String { "\(name) \(bytes) \(digest)" }

  fileprivate init(_ words: [Substring]) throws(MalformedBytes) {
    guard words.count == 3, let bytes = Int(words[1]), bytes >= 0, let digest = Digest(hexadecimal: String(words[2]))
    else { throw MalformedBytes("names a file as none is named") }
    self.init(name: try RememberedAudit.file(words[0]), bytes: bytes, digest: digest)
  }
}

extension RememberedAudit.Marks {
  fileprivate init(_ words: [Substring], tail: [Substring]) throws(MalformedBytes) {
    let most = UInt64(Int.max / MarkPage.events / 2)
    guard words.count >= 3, let nonce = UInt64(words[1]), let size = UInt64(words[2]), size <= most else {
      throw MalformedBytes("names no marks")
    }
    let tail = tail.compactMap { UInt64($0, radix: 16) }
    guard tail.count == MarkPage.words else { throw MalformedBytes("has no tail of marks") }
    self.init(
      name: try RememberedAudit.file(words[0]), nonce: nonce, pages: try GrowingTree(size, edge: Array(words[3...])),
      tail: tail)
  }
}

extension RememberedAudit.NameRun {
  fileprivate var text: String { "\(name) \(count) \(nonce) \(names) \(directory) \(filter)" }

  fileprivate init(_ words: [Substring]) throws(MalformedBytes) {
    guard words.count == 6, let count = Int(words[1]), (1...Int.max >> 8).contains(count), let nonce = UInt64(words[2]),
      let names = Digest(hexadecimal: String(words[3])), let directory = Digest(hexadecimal: String(words[4])),
      let filter = Digest(hexadecimal: String(words[5]))
    else { throw MalformedBytes("names a file as none is named") }
    self.init(
      name: try RememberedAudit.file(words[0]), count: count, nonce: nonce, names: names, directory: directory,
      filter: filter)
  }
}

extension RememberedAudit {
  /// The name of a file in the folder itself.
  fileprivate static func file(_ name: Substring) throws(MalformedBytes) -> String {
    guard !name.isEmpty, !name.contains("/") else { throw MalformedBytes("names a file as none is named") }
    return String(name)
  }
}

extension RememberedAudit.Counts {
  fileprivate init(_ words: [Substring]) throws(MalformedBytes) {
    let numbers = words.compactMap { Int64($0) }
    guard numbers.count == words.count, [4, 6].contains(numbers.count), numbers.allSatisfy({ $0 >= 0 }) else {
      throw MalformedBytes("has no counts")
    }
    reservations = Int(numbers[0])
    joined = Int(numbers[1])
    filled = Int(numbers[2])
    firstTime = numbers[3]
    if numbers.count == 6 { (lowest, lowestSequence) = (numbers[4], UInt64(numbers[5])) }
  }
}

extension Array {
  fileprivate var only: Element? { count == 1 ? first : nil }
}
