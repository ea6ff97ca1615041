import NIOCore
import TallyRESP
import Tallystick

/// What clients of Redis send about the connection itself, above all when they connect. Answered as Redis does, as far as
/// clients look at it.
extension RESPConnection {
  func handle(_ command: ConnectionCommand, _ words: [[UInt8]]) {
    switch command {
    case .ping: answer { $0.bulk(words[0]) }
    case .echo: answer { $0.bulk(words[0]) }
    case .hello: hello(words)
    case .auth: authenticate(words)
    case .select: select(words[0])
    case .client: client(words)
    case .command: answer { CommandDocs.answer(words, &$0) }
    case .info:
      let text = ServerInfo.text(words, of: self)
      answer { $0.bulk(text) }
    case .config: configure(words)
    case .quit:
      answer { $0.simple("OK") }
      end()
    case .reset:
      session = Session()
      renewLimits()
      output.version = .two
      answer { $0.simple("RESET") }
    }
  }

  // MARK: HELLO, SELECT

  private static let helloWithoutUser =
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass>"
    + " option can be used to authenticate the client and select the RESP protocol version at the same time"

  /// `[version [AUTH user password] [SETNAME name]]`
  private func hello(_ words: [[UInt8]]) {
    var version = output.version
    var index = 1
    if let asked = words.first {
      guard asked == Array("2".utf8) || asked == Array("3".utf8) else {
        return answer { $0.error("NOPROTO unsupported protocol version") }
      }
      version = asked == Array("3".utf8) ? .three : .two
    }
    var name: [UInt8]?
    var isKnown = !isStranger
    while index < words.count {
      if words[index].isWord("AUTH"), index + 2 < words.count {
        if let refusal = letIn(words[index + 1], words[index + 2]) {
          answer { $0.error(refusal) }
          return endIfGuessing(refusal)
        }
        isKnown = true
        index += 3
      } else if words[index].isWord("SETNAME"), index + 1 < words.count {
        guard words[index + 1].isClientName else { return answer { $0.error(RESPConnection.badName) } }
        name = words[index + 1]
        index += 2
      } else {
        return answer { $0.error("ERR syntax error in HELLO") }
      }
    }
    guard isKnown else { return answer { $0.error(RESPConnection.helloWithoutUser) } }
    if let name { session.name = name }
    output.version = version
    let id = id
    answer { writer in
      writer.map(7)
      for (key, value) in [("server", "tallystick"), ("version", ServerInfo.version)] {
        writer.bulk(key)
        writer.bulk(value)
      }
      writer.bulk("proto")
      writer.integer(version.rawValue)
      writer.bulk("id")
      writer.integer(id)
      for (key, value) in [("mode", "standalone"), ("role", "master")] {
        writer.bulk(key)
        writer.bulk(value)
      }
      writer.bulk("modules")
      writer.array(0)
    }
  }

  private func select(_ database: [UInt8]) {
    let number = Int(String(decoding: database, as: UTF8.self))
    answer { writer in
      switch number {
      case 0: writer.simple("OK")
      case nil: writer.error("ERR value is not an integer or out of range")
      default: writer.error("ERR DB index is out of range")
      }
    }
  }

  // MARK: CLIENT, CONFIG

  private static let badName = "ERR Client names cannot contain spaces, newlines or special characters."

  private func client(_ words: [[UInt8]]) {
    let arguments = words.dropFirst()
    if words[0].isWord("ID"), arguments.isEmpty {
      answer { $0.integer(id) }
    } else if words[0].isWord("SETNAME"), let name = arguments.first, arguments.count == 1 {
      guard name.isClientName else { return answer { $0.error(RESPConnection.badName) } }
      session.name = name
      answer { $0.simple("OK") }
    } else if words[0].isWord("GETNAME"), arguments.isEmpty {
      answer { writer in if session.name.isEmpty { writer.null() } else { writer.bulk(session.name) } }
    } else if words[0].isWord("SETINFO"), arguments.count == 2 {
      setInformation(words[1], words[2])
    } else if words[0].isWord("INFO") || words[0].isWord("LIST") {
      // Before the answer: it reads what an answer changes.
      let text = description + "\n"
      answer { $0.bulk(text) }
    } else if words[0].isWord("NO-EVICT") || words[0].isWord("NO-TOUCH"), arguments.count == 1 {
      // Nothing is evicted or touched here.
      answer { $0.simple("OK") }
    } else {
      answer { $0.error("ERR unknown subcommand '\(words[0].shown)'. Try CLIENT ID, SETNAME, GETNAME, SETINFO, INFO.") }
    }
  }

  private func setInformation(_ key: [UInt8], _ value: [UInt8]) {
    guard value.isClientName else {
      return answer { $0.error("ERR \(key.shown) cannot contain spaces, newlines or special characters.") }
    }
    if key.isWord("LIB-NAME") {
      session.library = value
    } else if key.isWord("LIB-VER") {
      session.libraryVersion = value
    } else {
      return answer { $0.error("ERR Unrecognized option '\(key.shown)'") }
    }
    answer { $0.simple("OK") }
  }

  /// As `CLIENT LIST` of Redis shows a connection.
  private var description: String {
    "id=\(id) name=\(session.name.shown) db=0 user=\(session.user?.name ?? "default") resp=\(output.version.rawValue)"
      + " lib-name=\(session.library.shown) lib-ver=\(session.libraryVersion.shown)"
  }

  /// `GET name …`: what clients of Redis look for.
  private func configure(_ words: [[UInt8]]) {
    guard words[0].isWord("GET"), words.count > 1 else {
      return answer {
        $0.error(
          "ERR unknown subcommand '\(words[0].shown)': settings are the server's arguments; CONFIG GET shows some")
      }
    }
    let patterns = words.dropFirst().map { String(decoding: $0, as: UTF8.self).lowercased() }
    let settings = ServerInfo.settings(server.configuration).filter { name, _ in
      patterns.contains { $0 == name || $0 == "*" }
    }
    answer { writer in
      writer.map(settings.count)
      for (name, value) in settings {
        writer.bulk(name)
        writer.bulk(value)
      }
    }
  }
}

extension [UInt8] {
  /// - Parameter word: in capitals.
  func isWord(_ word: StaticString) -> Bool { withUnsafeBufferPointer { $0.matches(word) } }

  /// Without blanks and control characters, as Redis asks of names.
  fileprivate var isClientName: Bool { count <= 256 && allSatisfy { $0 > 0x20 && $0 < 0x7F } }

  /// Its beginning, for people, whatever it holds.
  var shown: String {
    String(String.UnicodeScalarView(prefix(64).map { UnicodeScalar($0 < 0x20 || $0 >= 0x7F ? 0x3F : $0) }))
  }
}
