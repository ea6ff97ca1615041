import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TallyText
import TallyThreads

/// Asks a server over HTTP, one request at a time, each call blocking its thread until the answer is there. One thread.
package final class ServerClient {
  /// A question or a command.
  package struct Request {
    var method: HTTPMethod
    /// With its query.
    var path: String
    var headers: [(String, String)]
    var body: [UInt8]

    package static func get(_ path: String, headers: [(String, String)] = []) -> Request {
      Request(method: .GET, path: path, headers: headers, body: [])
    }
    package static func post(_ path: String, headers: [(String, String)] = [], _ body: [UInt8]) -> Request {
      Request(method: .POST, path: path, headers: headers, body: body)
    }
  }

  package let address: ServerAddress
  private let token: String?
  private let group: MultiThreadedEventLoopGroup
  private let client: HTTPClient

  /// Of an answer that is no stream: 8,192 answers to commands, long ones.
  private static let mostBytes = 64 << 20

  /// - Parameters:
  ///   - token: of a user of the server; `nil`: it has none.
  ///   - authority: a file of certificates in PEM, of which the server's must be; `nil`: those of the system.
  package init(_ address: ServerAddress, token: String?, authority: String?) throws(ClientFailure) {
    self.address = address
    self.token = token
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(5))
    configuration.httpVersion = .http1Only
    // Who wants another try makes it with its own words.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let authority {
      var tls = TLSConfiguration.makeClientConfiguration()
      do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority)) } catch {
        throw .authority(authority, reason: "\(error)".printable)
      }
      configuration.tlsConfiguration = tls
    }
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
  }

  /// To be called at the end; blocks until the connection is closed.
  package func end() {
    try? client.syncShutdown()
    try? group.syncShutdownGracefully()
  }

  /// One request, and its whole answer.
  package func ask(_ request: Request, atMost time: Duration) throws(ClientFailure) -> Answer {
    let incoming = IncomingAnswer()
    let task = try begin(request, incoming, deadline: .now() + .milliseconds(time.wholeMilliseconds))
    defer { incoming.abandon() }
    do {
      guard let head = try incoming.head() else { throw ClientFailure.noAnswer(address.description, reason: "none") }
      var bytes: [UInt8] = []
      while let piece = try incoming.next() {
        bytes += piece.readableBytesView
        if bytes.count > ServerClient.mostBytes {
          task.cancel()
          throw ClientFailure.stranger(address.description, reason: "its answer has no end")
        }
      }
      return try checked(head, bytes)
    } catch {
      throw failure(error)
    }
  }

  /// One request, and the lines of its answer as they come.
  ///
  /// - Parameter body: returns false to end it.
  /// - Throws: what `body` throws, and ``ClientFailure``.
  package func lines(
    _ request: Request, isCancelled: () -> Bool = { false }, _ body: (ArraySlice<UInt8>) throws -> Bool
  ) throws {
    let incoming = IncomingAnswer()
    let task = try begin(request, incoming, deadline: nil)
    defer {
      incoming.abandon()
      task.cancel()
    }
    var rest: [UInt8] = []
    do {
      guard let head = try incoming.head(isCancelled: isCancelled) else { return }
      guard head.status == .ok else {
        while let piece = try incoming.next(isCancelled: isCancelled) { rest += piece.readableBytesView }
        _ = try checked(head, rest)
        return
      }
    } catch {
      throw failure(error)
    }
    while let piece = try next(of: incoming, isCancelled) {
      rest += piece.readableBytesView
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: 0x0A) {
        if start < end, try !body(rest[start..<end]) { return }
        start = end + 1
      }
      rest.removeSubrange(..<start)
    }
    if !rest.isEmpty { _ = try body(rest[...]) }
  }

  private func next(of incoming: IncomingAnswer, _ isCancelled: () -> Bool) throws(ClientFailure) -> ByteBuffer? {
    do { return try incoming.next(isCancelled: isCancelled) } catch { throw failure(error) }
  }

  // MARK: One request

  private func begin(
    _ request: Request, _ incoming: IncomingAnswer, deadline: NIODeadline?
  ) throws(ClientFailure) -> HTTPClient.Task<Void> {
    // A socket of this machine has a path for a name.
    var headers = address.base.hasPrefix("http+unix") ? HTTPHeaders([("Host", "localhost")]) : HTTPHeaders()
    if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
    for (name, value) in request.headers { headers.add(name: name, value: value) }
    do {
      let asked = try HTTPClient.Request(
        url: address.base + request.path, method: request.method, headers: headers,
        body: request.body.isEmpty ? nil : .byteBuffer(ByteBuffer(bytes: request.body)))
      return client.execute(request: asked, delegate: incoming, deadline: deadline)
    } catch {
      throw .noAnswer(address.description, reason: "\(error)")
    }
  }

  private func checked(_ head: HTTPResponseHead, _ bytes: [UInt8]) throws(ClientFailure) -> Answer {
    if head.status == .ok { return Answer(headers: head.headers, body: bytes) }
    guard let problem = try? JSONValue(parsing: bytes, maximumDepth: 16), case .string(let detail) = problem["detail"]
    else { throw .stranger(address.description, reason: "it answers \(head.status.code)") }
    let name = address.description
    switch head.status.code {
    case 401, 403: throw .forbidden(name, detail: detail)
    case 404: throw .notFound(detail: detail)
    case 429:
      let seconds = head.headers.first(name: "retry-after").flatMap { Int64($0) } ?? 1
      throw .busy(name, detail: detail, retryAfterMilliseconds: min(seconds, 3_600) * 1_000)
    case 503: throw .unavailable(name, detail: detail)
    default: throw .refused(name, status: Int(head.status.code), detail: detail)
    }
  }

  private func failure(_ error: any Error) -> ClientFailure {
    if let failure = error as? ClientFailure { return failure }
    return .noAnswer(address.description, reason: ServerClient.reason(error).printable)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { reason($0.error) } ?? "no address is known for \(error.host)"
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as HTTPClientError:
      switch error {
      case .remoteConnectionClosed: "the connection ended before it came"
      case .connectTimeout: "nobody answers there"
      case .deadlineExceeded, .readTimeout: "it took too long"
      default: error.shortDescription
      }
    default: "\(error)"
    }
  }
}

/// What a server has answered.
package struct Answer {
  let headers: HTTPHeaders
  package let body: [UInt8]

  /// Of a header that is a number.
  package func number(_ name: String) -> UInt64? { headers.first(name: name).flatMap { UInt64($0) } }
}
