import TallyText
import Tallystick

/// What `--webhooks` names: `{"webhooks":[{"consumer":"orders","url":"https://…","secret_file":"/…"}]}`.
///
/// Strict: a field that is unknown, missing or of the wrong kind is an error, never ignored.
package enum WebhookFile {
  private static let mostBytes = 1 << 20
  private static let fields = [
    "consumer", "url", "secret_file", "types", "from", "timeout_ms", "acknowledge_ms", "max_attempts", "first_delay_ms",
    "longest_delay_ms",
  ]

  /// - Throws: ``ServerFailure/webhook(_:)``, in words that name the file and the field.
  package static func read(
    _ path: String, files: any FileSystem = LocalFileSystem()
  ) throws(ServerFailure) -> [Webhook] {
    let bytes = try contents(of: path, files)
    let whole: JSONValue
    do throws(JSONFlaw) { whole = try JSONValue(parsing: bytes, maximumDepth: 8) } catch {
      throw .webhook("\(path): \(error.inLine)")
    }
    guard case .object(let members) = whole, members.count == 1, case .array(let entries)? = whole["webhooks"] else {
      throw .webhook("\(path) must be an object with one field, webhooks, a list")
    }
    var webhooks: [Webhook] = []
    for (index, entry) in entries.enumerated() {
      let webhook = try webhook(entry, "\(path): webhooks[\(index)]", files)
      if webhooks.contains(where: { $0.consumer == webhook.consumer }) {
        throw .webhook("\(path): two webhooks are called \(webhook.consumer)")
      }
      webhooks.append(webhook)
    }
    return webhooks
  }

  private static func contents(of path: String, _ files: any FileSystem) throws(ServerFailure) -> [UInt8] {
    do throws(FileError) {
      guard let bytes = try files.contents(of: path, maximum: mostBytes) else {
        throw FileError(operation: "read", path: path, code: 0, reason: "there is no such file")
      }
      guard bytes.count <= mostBytes else {
        throw FileError(operation: "read", path: path, code: 0, reason: "it is larger than a MiB")
      }
      return bytes
    } catch {
      throw .webhook("\(error)")
    }
  }

  private static func webhook(
    _ entry: JSONValue, _ place: String, _ files: any FileSystem
  ) throws(ServerFailure) -> Webhook {
    guard case .object(let members) = entry else { throw .webhook("\(place) must be an object") }
    if let other = members.first(where: { !fields.contains($0.name) }) {
      throw .webhook(
        "\(place) has no field \"\(other.name.printable)\"; there are \(fields.joined(separator: ", "))")
    }
    func text(_ name: String) throws(ServerFailure) -> String? {
      guard let value = entry[name] else { return nil }
      guard case .string(let text) = value else { throw .webhook("\(place): \(name) must be a string") }
      return text
    }
    func number(_ name: String, _ range: ClosedRange<Int64>) throws(ServerFailure) -> Int64? {
      guard let value = entry[name] else { return nil }
      guard case .number(let written) = value, let number = written.value(in: range) else {
        throw .webhook("\(place): \(Form.mustBe(in: range, name))")
      }
      return number
    }
    guard let consumer = try text("consumer"), let url = try text("url"), let secretFile = try text("secret_file")
    else { throw .webhook("\(place) needs consumer, url and secret_file") }
    if let flaw = Form.flaw(ofName: Name(consumer), "the consumer") { throw .webhook("\(place): \(flaw)") }
    guard isAddress(url) else {
      throw .webhook("\(place): url must begin with https:// or http://, then a host, with no blanks in it")
    }
    guard let secret = WebhookMessage.secret(inFile: try contents(of: secretFile, files)) else {
      throw .webhook(
        "\(place): \(secretFile) must hold 16 bytes or more, or whsec_ and base 64 of as many: openssl rand -base64 32")
    }
    var webhook = Webhook(consumer: Name(consumer), url: url, secret: secret)
    webhook.types = try types(entry["types"], place)
    if let from = try text("from") {
      guard let start = Webhook.Start(rawValue: from) else {
        throw .webhook("\(place): from must be beginning or end")
      }
      webhook.start = start
    }
    if let time = try number("timeout_ms", 1...600_000) { webhook.timeout = .milliseconds(time) }
    if let time = try number("acknowledge_ms", 1...600_000) { webhook.acknowledgement = .milliseconds(time) }
    if let count = try number("max_attempts", 1...1_000) { webhook.retries.mostAttempts = Int(count) }
    if let delay = try number("first_delay_ms", 1...86_400_000) { webhook.retries.firstDelay = delay }
    if let delay = try number("longest_delay_ms", 1...86_400_000) { webhook.retries.longestDelay = delay }
    return webhook
  }

  private static func types(_ value: JSONValue?, _ place: String) throws(ServerFailure) -> Set<String>? {
    guard let value else { return nil }
    let known = Set(EventKind.allCases.filter { !$0.isOfConsumers }.map(\.name))
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw .webhook("\(place): types must be a list of events' types")
    }
    var types = Set<String>()
    for element in elements {
      guard case .string(let type) = element, known.contains(type) else {
        throw .webhook("\(place): types are among \(known.sorted().joined(separator: ", "))")
      }
      types.insert(type)
    }
    return types
  }

  private static func isAddress(_ url: String) -> Bool {
    let rest = url.hasPrefix("https://") ? url.dropFirst(8) : url.hasPrefix("http://") ? url.dropFirst(7) : ""
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return !host.isEmpty && !host.hasPrefix(":") && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
