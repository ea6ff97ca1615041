import TallyFormat

/// What an audit that proved a log writes down for the next: a few lines of text, which name the files beside it by their
/// digests.
struct RememberedAudit: Equatable {
  /// A file beside it.
  struct File: Equatable {
    var name: String
    var bytes: Int
    var digest: Digest
  }

  var log: LogID
  /// After the last frame that was judged, and where that begins.
  var head: ChainHead
  var position: LogPosition
  /// Of all frames so far.
  var tree: GrowingTree
  /// The canonical form of the state; its digest is the state's.
  var state: File
  /// Which events made reservations, and which settled all of one.
  var marks: File
  /// Fingerprints of all names, ascending in each; the largest first.
  var names: [File]
  /// What they were made with.
  var hasher: NameHasher
  var counts: Counts

  /// What is told of the log as a whole.
  struct Counts: Equatable {
    var reservations = 0
    var joined = 0
    var filled = 0
    var firstTime: Int64 = 0
    var lowest = Int64.max
    var lowestSequence: UInt64 = 0
  }

  /// `tallystick-audit/1`
  private static let label = "tallystick-audit/1"

  /// With a line feed at its end.
  var text: String {
    var lines = [
      RememberedAudit.label, "log \(log)",
      "head \(head.nextFrame) \(head.lastSequence) \(head.hash) \(head.epoch)",
      "place \(position.segment) \(position.offset)",
      (["edge"] + tree.edge.map(\.description)).joined(separator: " "), "state \(state.text)", "marks \(marks.text)",
    ]
    lines += names.map { "names \($0.text)" }
    lines.append("keys \(hasher.text)")
    let lowest = counts.lowest == .max ? "" : " \(counts.lowest) \(counts.lowestSequence)"
    lines.append("counts \(counts.reservations) \(counts.joined) \(counts.filled) \(counts.firstTime)\(lowest)")
    return lines.map { $0 + "\n" }.joined()
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
    let edge = try words("edge").compactMap { Digest(hexadecimal: String($0)) }
    guard let tree = GrowingTree(size: head.nextFrame, edge: edge) else {
      throw MalformedBytes("has another tree's edge")
    }
    self.tree = tree
    state = try File(try words("state"))
    marks = try File(try words("marks"))
    names = []
    while lines.first?.hasPrefix("names ") == true { names.append(try File(try words("names"))) }
    guard let hasher = try NameHasher(text: words("keys").joined(separator: " ")) else {
      throw MalformedBytes("has no keys")
    }
    self.hasher = hasher
    counts = try Counts(try words("counts"))
    guard lines == [""] else { throw MalformedBytes("has lines behind its last") }
  }

  init(
    log: LogID, head: ChainHead, position: LogPosition, tree: GrowingTree, state: File, marks: File, names: [File],
    hasher: NameHasher, counts: Counts
  ) {
    self.log = log
    self.head = head
    self.position = position
    self.tree = tree
    self.state = state
    self.marks = marks
    self.names = names
    self.hasher = hasher
    self.counts = counts
  }

  private static func head(_ words: [Substring]) throws(MalformedBytes) -> ChainHead {
    guard words.count == 4, let frames = UInt64(words[0]), let sequence = UInt64(words[1]),
      let hash = Digest(hexadecimal: String(words[2])), let epoch = UInt64(words[3]), frames >= 1,
      sequence < UInt64(Int64.max)
    else { throw MalformedBytes("has no head") }
    return ChainHead(nextFrame: frames, lastSequence: sequence, hash: hash, epoch: epoch)
  }
}

extension RememberedAudit.File {
  fileprivate var text: String { "\(name) \(bytes) \(digest)" }

  fileprivate init(_ words: [Substring]) throws(MalformedBytes) {
    guard words.count == 3, !words[0].isEmpty, !words[0].contains("/"), let bytes = Int(words[1]), bytes >= 0,
      let digest = Digest(hexadecimal: String(words[2]))
    else { throw MalformedBytes("names a file as none is named") }
    self.init(name: String(words[0]), bytes: bytes, digest: digest)
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
