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
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let report: StockReport
    do throws(LogFailure) { report = try await server.log.stock() } catch { throw Problem(error) }
    let isLines = request.headers[.accept]?.contains("ndjson") ?? false
    var json = JSONWriter()
    if !isLines { json.beginArray() }
    for level in report.levels {
      json.write(level, due: report.due[level.item] ?? 0)
      if isLines { json.newline() }
    }
    if !isLines { json.endArray() }
    var response = isLines ? Response.jsonLines(json.bytes) : Response.json(json.bytes)
    response.headers[.tallySequence] = "\(report.sequence)"
    return response
  }

  /// `{sku}` or `{sku}@{location}`, or with `?location=`, which takes the SKU as it stands.
  func level(_ request: Request, _ text: Substring) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ["location"])
    let whole = try PathText.name(text, "SKU")
    var item = ItemName(sku: whole)
    if let location = parameters["location"] {
      item.location = Name(bytes: location)
    } else if let at = whole.bytes.lastIndex(of: UInt8(ascii: "@")) {
      item = ItemName(
        sku: Name(bytes: Array(whole.bytes[..<at])), location: Name(bytes: Array(whole.bytes[(at + 1)...])))
    }
    if let flaw = Form.flaw(ofName: item.sku, "the SKU") ?? Form.flaw(ofName: item.location, "the location") {
      throw Problem.invalid(flaw)
    }
    let found: StockLevel?
    do throws(LogFailure) { found = try await server.log.stock([item])[0] } catch { throw Problem(error) }
    guard let found else { throw Problem.notFound("nothing was ever received of \(item.description.printable)") }
    var json = JSONWriter()
    json.write(found)
    return .json(json.bytes)
  }

  func reservation(_ request: Request, _ text: Substring) async throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    let id = try PathText.name(text, "reservation id")
    let found: ReservationStatus?
    do throws(LogFailure) { found = try await server.log.reservation(id) } catch { throw Problem(error) }
    guard let found else { throw Problem.notFound("there is no reservation \(id.description.printable)") }
    var json = JSONWriter()
    json.write(found)
    return .json(json.bytes)
  }
}

extension HTTPField.Name {
  /// The last event that an answer includes.
  static let tallySequence = HTTPField.Name("Tally-Sequence") ?? .eTag
}
