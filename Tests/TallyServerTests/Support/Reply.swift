/// An answer of the server as a test reads it.
indirect enum Reply: Equatable, CustomStringConvertible {
  case simple(String)
  case error(String)
  case integer(Int64)
  case bulk([UInt8])
  case array([Reply])
  case map([(Reply, Reply)])
  case boolean(Bool)
  case null

  static func text(_ text: String) -> Reply { .bulk(Array(text.utf8)) }

  static func == (a: Reply, b: Reply) -> Bool {
    switch (a, b) {
    case (.simple(let a), .simple(let b)), (.error(let a), .error(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.bulk(let a), .bulk(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.map(let a), .map(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
    case (.boolean(let a), .boolean(let b)): a == b
    case (.null, .null): true
    default: false
    }
  }

  var description: String {
    switch self {
    case .simple(let text): "+\(text)"
    case .error(let text): "-\(text)"
    case .integer(let value): "\(value)"
    case .bulk(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .array(let parts): "\(parts)"
    case .map(let pairs): "{" + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
    case .boolean(let value): "\(value)"
    case .null: "null"
    }
  }

  /// Of an error, what programs go by.
  var firstWord: String? {
    if case .error(let text) = self { return text.split(separator: " ").first.map { String($0) } }
    return nil
  }

  var string: String? { if case .bulk(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }
  var number: Int64? { if case .integer(let value) = self { value } else { nil } }
  var parts: [Reply] { if case .array(let parts) = self { parts } else { [] } }

  /// A field of a map, or of an array of names and values.
  subscript(name: String) -> Reply? {
    switch self {
    case .map(let pairs): return pairs.first { $0.0 == .text(name) }?.1
    case .array(let parts):
      return stride(from: 0, to: parts.count - 1, by: 2).first { parts[$0] == .text(name) }.map { parts[$0 + 1] }
    default: return nil
    }
  }
}
