import Glibc
import TallyFormat
import TallyText
import TallyThreads

/// A stream on NATS servers, by JetStream's JSON over requests.
struct JetStream: StreamService, StreamMaking {
  private let connection: NATSConnection
  private let address: StreamAddress

  /// What a message has beside its bytes: the fence's header, counted generously.
  private static let headerBytes = 512
  /// JetStream takes just under 32 MiB, whatever the servers' max_payload says (measured).
  private static let mostBytes = 32 << 20

  /// Of the log's messages.
  private var subject: String { "tally.log.\(address.stream)" }
  var name: String { address.name }
  var largestMessage: Int {
    max(0, min(connection.largestPayload, JetStream.mostBytes) - JetStream.headerBytes)
  }

  /// Connects, and asks whether there is JetStream.
  static func connect(to address: StreamAddress) throws(StreamFault) -> JetStream {
    let stream = JetStream(connection: try NATSConnection(address), address: address)
    do throws(StreamFault) {
      _ = try PatientService(service: stream, patience: .seconds(3)).ask { _ throws(StreamFault) in
        try stream.ask("INFO", [])
      }
    } catch {
      if error.kind == .noResponders {
        throw StreamFault(.lasting, "the server has no JetStream: start it with jetstream enabled (nats-server -js)")
      }
      throw error
    }
    return stream
  }

  // MARK: Questions

  func message(atOrAfter sequence: UInt64) throws(StreamFault) -> StreamMessage? {
    var question = JSONWriter()
    question.object {
      $0.field("seq", sequence)
      $0.field("next_by_subj", subject)
    }
    let answer: JSONValue
    do throws(StreamFault) { answer = try ask("STREAM.MSG.GET.\(address.stream)", question.bytes) } catch {
      if error.code == JetStream.noMessage { return nil }
      throw error
    }
    guard let message = answer["message"], case .number(let place)? = message["seq"], let place = place.unsigned,
      place >= sequence, place < UInt64(Int.max), case .string(let found)? = message["subject"], found == subject
    else { throw StreamFault(.malformed, "the server's answer has no message at or after \(sequence)") }
    // A message without bytes has no data.
    guard case .string(let data) = message["data"] ?? .string(""), let bytes = Base64.decode(data) else {
      throw StreamFault(.malformed, "the server's answer has no base64 in message \(place)")
    }
    return StreamMessage(sequence: place, bytes: bytes)
  }

  func lastSequence() throws(StreamFault) -> UInt64 { try state("last_seq") }
  func bytes() throws(StreamFault) -> Int { Int(clamping: try state("bytes")) }

  private func state(_ field: String) throws(StreamFault) -> UInt64 {
    let answer = try ask("STREAM.INFO.\(address.stream)", [])
    guard case .number(let number)? = answer["state"]?[field], let value = number.unsigned, value < UInt64(Int.max)
    else {
      throw StreamFault(.malformed, "the server's answer about the stream has no \(field)")
    }
    return value
  }

  func pause(for duration: Duration) { usleep(UInt32(min(duration.wholeMilliseconds, 1_000)) * 1_000) }

  // MARK: Storing

  func publish(_ bytes: [UInt8], expecting last: UInt64) -> PublishAnswer {
    let answer: JSONValue
    do throws(StreamFault) {
      answer = try JetStream.parsed(
        try connection.request(subject, bytes, headers: [("Nats-Expected-Last-Sequence", String(last))]))
    } catch {
      return .silent(error.description)
    }
    if let error = JetStream.error(in: answer) {
      return .refused(error.description, isFull: JetStream.fullCodes.contains(error.code ?? 0))
    }
    // Another stream that takes the subject may have answered.
    guard case .string(let stream)? = answer["stream"], stream == address.stream,
      case .number(let number)? = answer["seq"], let place = number.unsigned
    else { return .silent("the server's answer names no place in the stream \(address.stream)") }
    return .stored(place)
  }

  func makeStream(replicas: Int) throws(StreamFault) {
    do throws(StreamFault) {
      let answer = try ask("STREAM.CREATE.\(address.stream)", configuration(replicas))
      guard case .array(let subjects)? = answer["config"]?["subjects"], subjects == [.string(subject)] else {
        throw StreamFault(.malformed, "the server does not say that it made the stream")
      }
    } catch {
      switch error.code {
      case JetStream.nameInUse?:
        throw StreamFault(.lasting, "there is a stream \(address.stream) with other settings: take another name")
      case JetStream.notClustered?, JetStream.noPeers?:
        throw StreamFault(
          .lasting,
          "the servers cannot keep \(replicas) replicas (\(error)): start three in a cluster, or add ?replicas=1 to the"
            + " address for one copy")
      default: throw error
      }
    }
  }

  /// Everything that keeps history whole and can be said. What is left out has the server's default: no limits.
  private func configuration(_ replicas: Int) -> [UInt8] {
    var json = JSONWriter()
    json.object {
      $0.field("name", address.stream)
      $0.field("description", "a Tallystick log: never edit, shorten or delete it")
      $0.array("subjects", [subject]) { $0.string($1.utf8) }
      $0.field("retention", "limits")
      $0.field("storage", "file")
      $0.field("discard", "new")
      $0.field("max_consumers", -1)
      $0.field("max_msgs", -1)
      $0.field("max_bytes", -1)
      $0.field("max_age", 0)
      $0.field("max_msg_size", -1)
      $0.field("num_replicas", replicas)
      $0.field("deny_delete", true)
      $0.field("deny_purge", true)
      $0.field("allow_rollup_hdrs", false)
      $0.field("allow_direct", false)
    }
    return json.bytes
  }

  // MARK: Answers

  private static let noMessage = 10037
  private static let nameInUse = 10058
  private static let streamNotFound = 10059
  private static let notClustered = 10074
  private static let noPeers = 10005
  private static let notEnabled: Set<Int> = [10039, 10076]
  /// Resources of account, memory, storage, stream; a message too large for it.
  private static let fullCodes: Set<Int> = [10002, 10023, 10028, 10047, 10053, 10054, 10077]

  private func ask(_ question: String, _ body: [UInt8]) throws(StreamFault) -> JSONValue {
    let answer = try JetStream.parsed(try connection.request("$JS.API.\(question)", body, headers: []))
    if let error = JetStream.error(in: answer) { throw error }
    return answer
  }

  private static func parsed(_ bytes: [UInt8]) throws(StreamFault) -> JSONValue {
    do throws(JSONFlaw) { return try JSONValue(parsing: bytes, maximumDepth: 16) } catch {
      throw StreamFault(.malformed, "the server's answer is no JSON: \(error.inLine)")
    }
  }

  private static func error(in answer: JSONValue) -> StreamFault? {
    guard let error = answer["error"] else { return nil }
    func number(_ name: String) -> Int? {
      guard case .number(let number)? = error[name] else { return nil }
      return number.value(in: 0...99_999).map { Int($0) }
    }
    let code = number("err_code") ?? 0
    var words = "error \(code)"
    if case .string(let description)? = error["description"] { words = "\(description) (\(code))" }
    if code == streamNotFound {
      return StreamFault(.noStream, "the servers have no such stream; `tally init` makes it", code: code)
    }
    if notEnabled.contains(code) {
      return StreamFault(.lasting, "JetStream is not enabled for this account (\(code))", code: code)
    }
    // 503: an election, or a server that has just been started.
    return StreamFault(number("code") == 503 ? .passing : .lasting, "the server says: \(words)", code: code)
  }
}
