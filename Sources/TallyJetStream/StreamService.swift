/// What a log asks of a stream. Behind it are servers, or a test's array.
///
/// Usable from any thread. Every call asks the stream's leader and waits for its answer, some seconds at most.
protocol StreamService: Sendable {
  /// For messages to people.
  var name: String { get }
  /// Bytes that a message may have without its headers.
  var largestMessage: Int { get }

  /// The first message of the log's at or after a place; `nil`: there is none.
  func message(atOrAfter sequence: UInt64) throws(StreamFault) -> StreamMessage?

  /// The last place that was ever taken in the stream, whether what stood there is there or not; 0: none.
  func lastSequence() throws(StreamFault) -> UInt64

  /// What the stream takes on one server's disk.
  func bytes() throws(StreamFault) -> Int

  /// Asks for a message to be stored as the next after `last`.
  ///
  /// - Returns: what was answered. Only ``PublishAnswer/stored(_:)`` can be believed, and only if it names the place.
  func publish(_ bytes: [UInt8], expecting last: UInt64) -> PublishAnswer

  /// Lets time pass before another try.
  func pause(for duration: Duration)
}

/// One message of the stream.
struct StreamMessage: Sendable, Equatable {
  /// Its place in the stream, from 1.
  var sequence: UInt64
  var bytes: [UInt8]
}

/// What became of a message, as far as the stream has said.
enum PublishAnswer: Sendable, Equatable {
  /// It stands at that place.
  case stored(UInt64)
  /// The stream says no. `isFull`: it has no room.
  case refused(String, isFull: Bool)
  /// No answer, or none that says anything.
  case silent(String)
}

/// Why a stream does not answer a question.
struct StreamFault: Error, Equatable, Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    /// It may answer another time: an election, a connection that is lost.
    case passing
    /// Nobody listens to the question: the same, or there is no JetStream.
    case noResponders
    /// It will not.
    case lasting
    /// There is no such stream.
    case noStream
    /// What it answered makes no sense.
    case malformed
  }
  var kind: Kind
  var description: String
  /// The server's number for it.
  var code: Int?

  init(_ kind: Kind, _ description: String, code: Int? = nil) {
    self.kind = kind
    self.description = description
    self.code = code
  }

  /// Whether asking again may help.
  var isPassing: Bool { kind == .passing || kind == .noResponders }
}
