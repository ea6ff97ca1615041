import TallyRESP

/// What one command of a connection asks for, apart from the bytes it came in.
enum ConnectionRequest: Sendable {
  /// An empty line.
  case nothing
  case ping
  case connection(ConnectionCommand, [[UInt8]])
  case stock(StockRequest)
  /// Refused before the log was asked.
  case refused(String)
  /// A browser was made to send a form here: what it sends must not be read any further.
  case attack

  /// - Parameter allowsUnkeyed: see ``StockParser``.
  init(_ words: Words, allowsUnkeyed: Bool) {
    guard words.count > 0 else {
      self = .nothing
      return
    }
    if let verb = StockVerb(words[0]) {
      do throws(StockFlaw) {
        self = .stock(try StockParser.parse(words, verb, allowsUnkeyed: allowsUnkeyed))
      } catch {
        self = .refused(RefusalWords.text(error))
      }
    } else if let command = ConnectionCommand(words) {
      let isRight = command.arity < 0 ? words.count >= -command.arity : words.count == command.arity
      if !isRight {
        self = .refused("ERR wrong number of arguments for '\(command.rawValue)' command")
      } else if command == .ping, words.count == 1 {
        self = .ping
      } else {
        self = .connection(command, (1..<words.count).map { Array(words[$0]) })
      }
    } else if words.matches(0, "POST") || words.matches(0, "HOST:") {
      self = .attack
    } else {
      self = .refused(ConnectionRequest.unknown(words))
    }
  }

  /// In the words that clients know: some look for "unknown command".
  private static func unknown(_ words: Words) -> String {
    let arguments = (1..<min(words.count, 4)).map { " \(words.shown($0))" }.joined()
    return "ERR unknown command \(words.shown(0)), with args beginning with:\(arguments)"
  }

  /// The log is read for it, on a thread of its own.
  var readsLog: Bool {
    switch self {
    case .stock(.holds), .stock(.events), .stock(.consume), .stock(.consumers): true
    default: false
    }
  }

  /// It waits until all that was asked before is answered.
  var isBarrier: Bool {
    if case .connection(let command, _) = self { return command.isBarrier }
    return readsLog
  }
}
