import HTTPTypes
import Hummingbird
import NIOCore
import TallyJSON
import TallyText
import Tallystick

/// `GET /v1/holds`, `GET /v1/reservations/{id}/story`: questions for which the log is read from its newest snapshot on.
struct ReaderRoutes: Sendable {
  let server: ServerContext

  /// Of one page, beyond which the client asks on.
  private static let pageBytes = 4 << 20
  private static let parameters: Set<String> = [
    "sku", "location", "customer", "due", "waiting", "due_by", "from", "limit",
  ]

  /// A reservation a line, oldest first; where `Tally-Next` stands in the answer there are more, from that event on.
  func holds(_ request: Request) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ReaderRoutes.parameters)
    var filter = HoldFilter()
    filter.sku = try parameters["sku"].map { try EventRoute.name($0, "the SKU") }
    filter.location = try parameters["location"].map { try EventRoute.name($0, "the location") }
    filter.customer = try parameters["customer"].map { try EventRoute.name($0, "the customer") }
    filter.isDue = try ReaderRoutes.flag(parameters["due"], "due")
    filter.isWaiting = try ReaderRoutes.flag(parameters["waiting"], "waiting")
    filter.dueBy = try parameters["due_by"].map { Int64(try PathText.number($0, "due_by")) }
    let from = try parameters["from"].map { try PathText.number($0, "from") } ?? 0
    let limit = try parameters["limit"].map { try PathText.number($0, "limit", from: 1) } ?? .max
    let (bytes, next) = try await server.logReading.read { [filter] reader in
      var json = JSONWriter()
      var count: UInt64 = 0
      var next: UInt64?
      try reader.holds(filter) { hold in
        if hold.sequence < from { return true }
        if count == limit || json.bytes.count >= ReaderRoutes.pageBytes {
          next = hold.sequence
          return false
        }
        json.write(hold)
        json.newline()
        count += 1
        return true
      }
      return (json.bytes, next)
    }
    var response = Response.jsonLines(bytes)
    if let next { response.headers[.tallyNext] = "\(next)" }
    return response
  }

  /// One reservation and everything that happened to it.
  func story(_ request: Request, _ text: Substring) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let id = try PathText.name(text, "reservation id")
    let bytes = try await server.logReading.read { reader -> [UInt8]? in
      guard let story = try reader.show(id) else { return nil }
      var json = JSONWriter()
      json.write(story)
      return json.bytes
    }
    guard let bytes else { throw Problem.notFound("there is no reservation \(id.description.printable)") }
    return .json(bytes)
  }

  private static func flag(_ bytes: [UInt8]?, _ name: String) throws -> Bool {
    guard let bytes else { return false }
    switch String(decoding: bytes, as: UTF8.self) {
    case "true": return true
    case "false": return false
    default: throw Problem.invalid("\(name) must be true or false")
    }
  }
}

extension HTTPField.Name {
  /// From where on to ask for the rest.
  static let tallyNext = HTTPField.Name("Tally-Next") ?? .range
}
