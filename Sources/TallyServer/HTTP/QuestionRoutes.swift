import HTTPTypes
import Hummingbird
import TallyJSON
import TallyText
import Tallystick

/// `GET /v1/stock`, `/v1/stock/{sku}`, `/v1/reservations/{id}`: from memory, with what is durable only.
struct QuestionRoutes: Sendable {
  let server: ServerContext

  /// What there is of everything, after one event.
  func stock(_ request: Request) async throws -> Response {
    let listing = try StockListing(PathText.parameters(request.uri.query, allowed: StockListing.parameters))
    let report: StockReport
    do throws(LogFailure) { report = try await server.stock.everything() } catch { throw Problem(error) }
    let (levels, total) = listing.page(of: report.levels)
    let isLines = request.headers[.accept]?.contains("ndjson") ?? false
    var json = JSONWriter()
    if !isLines { json.beginArray() }
    for level in levels {
      json.write(level, due: report.due[level.item] ?? 0)
      if isLines { json.newline() }
    }
    if !isLines { json.endArray() }
    var response = isLines ? Response.jsonLines(json.bytes) : Response.json(json.bytes)
    response.headers[.tallySequence] = "\(report.sequence)"
    response.headers[.tallyTotal] = "\(total)"
    return response
  }

  /// `{sku}` or `{sku}@{location}`, or with `?location=`, which takes the SKU as it stands.
  func level(_ request: Request, _ text: Substring) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ["location"])
    let item = try PathText.item(text, location: parameters["location"])
    let found: StockLevel?
    do throws(LogFailure) { found = try await server.stock.level(item) } catch { throw Problem(error) }
    guard let found else { throw Problem.notFound("nothing was ever received of \(item.description.printable)") }
    var json = JSONWriter()
    json.write(found)
    return .json(json.bytes)
  }

  func reservation(_ request: Request, _ text: Substring) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let id = try PathText.name(text, "reservation id")
    let found: ReservationStatus?
    do throws(LogFailure) { found = try await server.stock.status(id) } catch { throw Problem(error) }
    guard let found else { throw Problem.notFound("there is no reservation \(id.description.printable)") }
    var json = JSONWriter()
    json.write(found)
    return .json(json.bytes)
  }
}

extension HTTPField.Name {
  /// The last event that an answer includes.
  static let tallySequence = HTTPField.Name("Tally-Sequence") ?? .eTag
  /// How many there are, shown or not.
  static let tallyTotal = HTTPField.Name("Tally-Total") ?? .age
}
