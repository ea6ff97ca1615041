import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import TallyJSON
import TallyText
import Tallystick

/// `GET /v1/events`: lines of JSON up to the last event there is, or server-sent events without an end.
struct EventRoute: Sendable {
  let server: ServerContext

  /// Of what is sent together.
  private static let chunkBytes = 64 << 10

  private static let parameters: Set<String> = [
    "from", "to", "sku", "location", "id", "customer", "ref", "since", "until", "limit",
  ]

  func answer(_ request: Request) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: EventRoute.parameters)
    var filter = EventFilter()
    if let from = parameters["from"] { filter.from = try PathText.number(from, "from") }
    if let to = parameters["to"] { filter.to = try PathText.number(to, "to") }
    filter.sku = try parameters["sku"].map { try EventRoute.name($0, "the SKU") }
    filter.location = try parameters["location"].map { try EventRoute.name($0, "the location") }
    filter.customer = try parameters["customer"].map { try EventRoute.name($0, "the customer") }
    filter.reference = try parameters["ref"].map(EventRoute.reference)
    filter.since = try parameters["since"].map { Int64(try PathText.number($0, "since")) }
    filter.until = try parameters["until"].map { Int64(try PathText.number($0, "until")) }
    filter.id = try parameters["id"].map { try EventRoute.name($0, "the id") }
    let limit = try parameters["limit"].map { try PathText.number($0, "limit", from: 1) } ?? .max
    return try answer(request, filter, limit)
  }

  /// What a filter lets through, as the request wants it sent.
  func answer(_ request: Request, _ filter: EventFilter, _ limit: UInt64) throws -> Response {
    var filter = filter
    let last = try request.headers[.lastEventID].map { try PathText.number(Array($0.utf8), "Last-Event-ID") }
    if request.headers[.accept]?.contains("text/event-stream") ?? false {
      // Where a page was when its connection ended; what it asked for first does not count any more.
      if let last { filter.from = last + 1 }
      return stream(filter, limit)
    }
    filter.to = min(filter.to ?? .max, server.log.lastSequence)
    return lines(filter, limit)
  }

  private static func reference(_ bytes: [UInt8]) throws -> Name {
    let name = Name(bytes: bytes)
    if let flaw = Form.flaw(ofText: name, minimum: 1, "the reference") { throw Problem.invalid(flaw) }
    return name
  }

  static func name(_ bytes: [UInt8], _ what: String) throws -> Name {
    let name = Name(bytes: bytes)
    if let flaw = Form.flaw(ofName: name, what) { throw Problem.invalid(flaw) }
    return name
  }

  /// The end is what was durable when it was asked for.
  private func lines(_ filter: EventFilter, _ limit: UInt64) -> Response {
    let log = server.log
    let body = ResponseBody { writer in
      var json = JSONWriter()
      var count: UInt64 = 0
      if filter.from <= filter.to ?? .max, filter.to != 0 {
        for try await event in log.events(filter) {
          json.write(event)
          json.newline()
          count += 1
          if json.bytes.count >= EventRoute.chunkBytes {
            try await writer.write(ByteBuffer(bytes: json.bytes))
            json.removeAll()
          }
          if count == limit { break }
        }
      }
      if !json.bytes.isEmpty { try await writer.write(ByteBuffer(bytes: json.bytes)) }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
  }

  /// Each event when it is durable, until the client goes or the server ends, and now and then a comment, where none comes.
  private func stream(_ filter: EventFilter, _ limit: UInt64) -> Response {
    let log = server.log
    let quiet = server.configuration.streamQuiet
    let body = ResponseBody { writer in
      // What a page does when it is cut off: try again after so many milliseconds. No blank line ends anything but an
      // event: some clients make events of others, or of what an earlier connection left behind (Consumers.md).
      try await writer.write(ByteBuffer(string: "retry: 1000\n"))
      var count: UInt64 = 0
      for try await next in log.events(filter).orQuiet(after: quiet).cancelOnGracefulShutdown() {
        switch next {
        case .quiet: try await writer.write(ByteBuffer(string: ": nothing new\n"))
        case .event(let event):
          try await writer.write(EventRoute.message(event))
          count += 1
        }
        if count == limit { break }
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
  }
  private static func message(_ event: RecordedEvent) -> ByteBuffer {
    var json = JSONWriter()
    json.write(event)
    var message = ByteBuffer(string: "id: \(event.sequence)\nevent: \(event.kind.name)\ndata: ")
    message.writeBytes(json.bytes)
    message.writeString("\n\n")
    return message
  }
}
