import HTTPTypes
import Hummingbird
import NIOCore
import TallyJSON
import TallyText
import Tallystick

/// `/v1/consumers`: who reads the events, how far each has come, and what is behind that.
struct ConsumerRoutes: Sendable {
  let server: ServerContext

  /// Of a body, which holds one number.
  private static let maxBodyBytes = 4_096

  func list(_ request: Request) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let consumers = try await positions()
    var json = JSONWriter()
    if request.headers[.accept]?.contains("ndjson") ?? false {
      for consumer in consumers {
        json.write(consumer)
        json.newline()
      }
      return .jsonLines(json.bytes)
    }
    json.beginArray()
    for consumer in consumers { json.write(consumer) }
    json.endArray()
    return .json(json.bytes)
  }

  /// What a consumer has not acknowledged: lines of JSON up to the last event there is, or server-sent events without an
  /// end, from its position on, or from where the client says it was.
  func events(_ request: Request, _ text: Substring) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ["limit"])
    let limit = try parameters["limit"].map { try PathText.number($0, "limit", from: 1) } ?? .max
    let name = try PathText.name(text, "consumer")
    guard let known = try await positions().first(where: { $0.name == name }) else {
      throw Problem.notFound(
        "there is no consumer \(name.description.printable): acknowledge 0 for it, or where it begins, first")
    }
    let filter = EventFilter(behind: known.position)
    return try EventRoute(server: server).answer(request, filter, limit)
  }

  /// `{"seq":90210}`
  func acknowledge(_ request: Request, _ text: Substring) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let name = try PathText.name(text, "consumer")
    let body = try await request.body.collect(upTo: ConsumerRoutes.maxBodyBytes)
    let position: UInt64
    do throws(JSONFlaw) { position = try ConsumerRoutes.position(Array(body.readableBytesView)) } catch {
      throw Problem.invalid(error.inLine)
    }
    return try await CommandRoute(server: server).answer(
      Command(.acknowledge(consumer: name, through: position)))
  }

  func forget(_ request: Request, _ text: Substring) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    return try await CommandRoute(server: server).answer(
      Command(.forgetConsumer(try PathText.name(text, "consumer"))))
  }

  private func positions() async throws -> [ConsumerPosition] {
    do throws(LogFailure) { return try await server.log.consumers() } catch { throw Problem(error) }
  }

  private static func position(_ body: [UInt8]) throws(JSONFlaw) -> UInt64 {
    let result = body.withUnsafeBufferPointer { bytes -> Result<UInt64, JSONFlaw> in
      do throws(JSONFlaw) { return .success(try position(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private static func position(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFlaw) -> UInt64 {
    var reader = JSONReader(bytes)
    try reader.beginObject("the body")
    var isFirst = true
    var position: UInt64?
    while let key = try reader.nextKey(isFirst: &isFirst) {
      guard try reader.withBytes(of: key, { $0.elementsEqual("seq".utf8) }) else {
        throw JSONFlaw("the body has one field, seq")
      }
      guard position == nil else { throw JSONFlaw("seq stands there twice") }
      position = UInt64(try reader.number("seq").checked("seq", Form.levels))
    }
    try reader.end()
    guard let position else { throw JSONFlaw("seq is missing") }
    return position
  }
}
