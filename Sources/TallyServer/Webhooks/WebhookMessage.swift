import Crypto
import TallyJSON
import TallyText
import Tallystick

/// One event as it is sent: CloudEvents 1.0 in structured mode, signed as Standard Webhooks does.
struct WebhookMessage: Sendable {
  /// The same at every attempt, and no other event's.
  let id: String
  let body: [UInt8]

  init(_ event: RecordedEvent, of log: LogID) {
    var json = JSONWriter()
    json.writeCloudEvent(event, of: log.description)
    id = CloudEvent.id(event, of: log.description)
    body = json.bytes
  }

  /// - Parameters:
  ///   - secret: the webhook's.
  ///   - now: when it is sent, in Unix milliseconds: a receiver refuses what is too old.
  func headers(secret: [UInt8], now: Int64) -> [(name: String, value: String)] {
    let timestamp = "\(now / 1_000)"
    return [
      ("content-type", "application/cloudevents+json; charset=utf-8"), ("user-agent", "tallystick"), ("webhook-id", id),
      ("webhook-timestamp", timestamp),
      ("webhook-signature", WebhookMessage.signature(id: id, timestamp: timestamp, body, secret: secret)),
    ]
  }

  /// `v1,` and the HMAC-SHA-256 of id, timestamp and body with points between, in base 64.
  static func signature(id: String, timestamp: String, _ body: [UInt8], secret: [UInt8]) -> String {
    var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
    code.update(data: Array("\(id).\(timestamp).".utf8))
    code.update(data: body)
    return "v1," + Base64.encode(code.finalize())
  }

  /// What a secret's file holds: `whsec_` and base 64, as Standard Webhooks writes them, or the bytes themselves; blanks
  /// and line ends around it do not count.
  ///
  /// - Returns: `nil` for less than 16 bytes, or for `whsec_` with something else than base 64 behind it.
  static func secret(inFile contents: [UInt8]) -> [UInt8]? {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let trimmed = Array(contents.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    let prefix = Array("whsec_".utf8)
    let secret =
      trimmed.starts(with: prefix)
      ? Base64.decode(String(decoding: trimmed.dropFirst(prefix.count), as: UTF8.self)) : trimmed
    return secret.flatMap { $0.count >= 16 ? $0 : nil }
  }
}
