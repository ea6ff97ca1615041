import HTTPTypes
import Hummingbird
import NIOCore
import TallyJSON
import TallyText
import Tallystick

/// `/v1/webhooks`: how they fare, what they have given up, and one more attempt at that.
struct WebhookRoutes: Sendable {
  let server: ServerContext

  /// Dead letters that one request tries again.
  private static let mostAttempts = 100

  func list(_ request: Request) throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    var json = JSONWriter()
    json.beginArray()
    for sender in server.webhooks.senders {
      sender.progress.write(sender.webhook, deadLetters: sender.letters.count, to: &json)
    }
    json.endArray()
    return .json(json.bytes)
  }

  func deadLetters(_ request: Request, _ text: Substring) throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    var json = JSONWriter()
    json.beginArray()
    for letter in try sender(text).letters.all { letter.write(to: &json) }
    json.endArray()
    return .json(json.bytes)
  }

  /// Tries dead letters again, oldest first, or with `?seq=` that one: an answer a line. Stops at the first that fails.
  func retry(_ request: Request, _ text: Substring) async throws -> Response {
    let parameters = try PathText.parameters(request.uri.query, allowed: ["seq"])
    let sender = try sender(text)
    let wanted = try parameters["seq"].map { try PathText.number($0, "seq", from: 1) }
    let letters = sender.letters.all.filter { wanted == nil || $0.sequence == wanted }
    if wanted != nil, letters.isEmpty { throw Problem.notFound("no such event was given up") }
    var json = JSONWriter()
    for letter in letters.prefix(WebhookRoutes.mostAttempts) {
      guard let answer = await sender.deliverAgain(letter.sequence) else { continue }
      json.beginObject()
      json.field("seq", letter.sequence)
      json.field("delivered", answer == .delivered)
      if case .failed(_, let reason, _) = answer { json.field("reason", reason) }
      json.endObject()
      json.newline()
      guard answer == .delivered else { break }
    }
    return .jsonLines(json.bytes)
  }

  private func sender(_ text: Substring) throws -> WebhookSender {
    let name = try PathText.name(text, "consumer")
    guard let sender = server.webhooks.sender(of: name) else {
      throw Problem.notFound("there is no webhook \(name.description.printable)")
    }
    return sender
  }
}
