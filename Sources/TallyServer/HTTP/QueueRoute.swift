import Hummingbird
import TallyJSON
import TallyText
import Tallystick

/// `GET /v1/queue/{sku}`: who waits for an item, in order.
struct QueueRoute: Sendable {
  let server: ServerContext

  /// Places that are shown unless told otherwise.
  private static let usualLimit: UInt64 = 1_000

  func answer(_ request: Request, _ text: Substring) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ["location", "limit"])
    let limit = try parameters["limit"].map { try PathText.number($0, "limit", from: 1) } ?? QueueRoute.usualLimit
    let isLines = request.headers[.accept]?.contains("ndjson") ?? false
    if parameters["location"] == [UInt8(ascii: "*")] {
      let sku = try PathText.name(text, "SKU")
      return try await answer(ofAll: sku, isLines: isLines, limit: limit)
    }
    let item = try PathText.item(text, location: parameters["location"])
    let places: [WaitingPlace]?
    do throws(LogFailure) { places = try await server.log.queue(of: item) } catch { throw Problem(error) }
    guard let places else { throw Problem.notFound("nothing was ever received of \(item.description.printable)") }
    return QueueRoute.response(places.prefix(Int(clamping: limit)), of: places.count, isLines: isLines)
  }

  /// Who waits for a SKU, at each location in turn.
  private func answer(ofAll sku: Name, isLines: Bool, limit: UInt64) async throws -> Response {
    let places = try await server.logReading.read { reader in try reader.queue(of: sku) }
    guard let places else { throw Problem.notFound("nothing was ever received of \(sku.description.printable)") }
    return QueueRoute.response(places.prefix(Int(clamping: limit)), of: places.count, isLines: isLines)
  }

  private static func response(_ places: ArraySlice<WaitingPlace>, of total: Int, isLines: Bool) -> Response {
    var json = JSONWriter()
    if !isLines { json.beginArray() }
    for place in places {
      json.write(place)
      if isLines { json.newline() }
    }
    if !isLines { json.endArray() }
    var response = isLines ? Response.jsonLines(json.bytes) : Response.json(json.bytes)
    response.headers[.tallyTotal] = "\(total)"
    return response
  }
}
