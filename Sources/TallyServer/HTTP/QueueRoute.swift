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
    let item = try PathText.item(text, location: parameters["location"])
    let limit = try parameters["limit"].map { try PathText.number($0, "limit", from: 1) } ?? QueueRoute.usualLimit
    let places: [WaitingPlace]?
    do throws(LogFailure) { places = try await server.log.queue(of: item) } catch { throw Problem(error) }
    guard let places else { throw Problem.notFound("nothing was ever received of \(item.description.printable)") }
    var json = JSONWriter()
    json.beginArray()
    for place in places.prefix(Int(clamping: limit)) { json.write(place) }
    json.endArray()
    var response = Response.json(json.bytes)
    response.headers[.tallyTotal] = "\(places.count)"
    return response
  }
}
