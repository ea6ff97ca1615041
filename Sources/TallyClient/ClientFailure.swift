/// Why a server gave no answer to a command or a question. Every case says what, where and what to do.
package enum ClientFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The authorities that its certificate should be of cannot be read.
  case authority(String, reason: String)
  /// No answer came: nobody listens there, or the connection ended.
  case noAnswer(String, reason: String)
  /// It takes nothing from anybody for a while.
  case busy(String, detail: String, retryAfterMilliseconds: Int64)
  /// It does not let this caller do that.
  case forbidden(String, detail: String)
  /// It refuses what was sent, by its status.
  case refused(String, status: Int, detail: String)
  /// There is no such thing.
  case notFound(detail: String)
  /// It has stopped, or is not ready.
  case unavailable(String, detail: String)
  /// What answers there is no such server.
  case stranger(String, reason: String)

  package var description: String {
    switch self {
    case .authority(let path, let reason): "the certificates in \(path) cannot be used: \(reason)"
    case .noAnswer(let address, let reason): "the server at \(address) gave no answer: \(reason)"
    case .busy(let address, let detail, _): "the server at \(address) is busy: \(detail)"
    case .forbidden(let address, let detail):
      "the server at \(address) does not let you: \(detail); name a token with --token-file FILE or TALLY_TOKEN"
    case .refused(let address, let status, let detail): "the server at \(address) refuses it (\(status)): \(detail)"
    case .notFound(let detail): detail
    case .unavailable(let address, let detail): "the server at \(address) takes nothing now: \(detail)"
    case .stranger(let address, let reason): "what answers at \(address) is no tally serve of this version: \(reason)"
    }
  }

  /// The same request, sent again a little later, may be answered.
  var isWorthAnotherTry: Bool {
    switch self {
    case .noAnswer, .busy: true
    case .unavailable, .authority, .forbidden, .refused, .notFound, .stranger: false
    }
  }
}
