import TallyFormat

/// What an event's words say.
public struct EventWords: Sendable, Equatable {
  /// A line of a reservation, or of what is settled of it.
  public struct Line: Sendable, Equatable {
    /// Units.
    public var quantity: Int64
    /// Of what.
    public var item: EventLeaf.ItemNames
  }

  /// Its number.
  public var sequence: UInt64
  /// Unix milliseconds.
  public var time: Int64
  /// The kind's name.
  public var kind: String
  /// What stands behind the other words, in their order.
  public var fields: [(word: String, value: String)] = []

  /// The reservation's id.
  public var id: String? { value(of: "id") }
  /// The customer's.
  public var customer: String? { value(of: "customer") }
  /// The event of the reservation that it is about.
  public var reservation: UInt64? { value(of: "of").flatMap { UInt64($0) } }

  /// The lines, in their order.
  public var lines: [Line] {
    var lines = [Line]()
    for place in fields.indices where fields[place].word == "quantity" && place + 2 < fields.count {
      let item = EventLeaf.ItemNames(sku: Name(fields[place + 1].value), location: Name(fields[place + 2].value))
      lines.append(Line(quantity: Int64(fields[place].value) ?? 0, item: item))
    }
    return lines
  }

  private func value(of word: String) -> String? { fields.first { $0.word == word }?.value }

  /// - Throws: ``ProofFlaw/refuted(_:)`` for words that are no event's.
  init(_ words: [UInt8]) throws(ProofFlaw) {
    guard let text = String(validating: words, as: UTF8.self), text.utf8.last == 0x0A else {
      throw .refuted("its event is no text")
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let head = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
    guard head.count == 4, head[0] == EventLeaf.type, let sequence = UInt64(head[1]), let time = Int64(head[2]) else {
      throw .refuted("its event does not begin with its type, number, time and kind")
    }
    (self.sequence, self.time, kind) = (sequence, time, String(head[3]))
    for line in lines.dropFirst() {
      guard let blank = line.firstIndex(of: " ") else { throw .refuted("its event has a line without a word") }
      fields.append((String(line[..<blank]), String(line[line.index(after: blank)...])))
    }
  }

  public static func == (a: EventWords, b: EventWords) -> Bool {
    a.sequence == b.sequence && a.time == b.time && a.kind == b.kind
      && a.fields.elementsEqual(b.fields) { $0 == $1 }
  }
}
