import Glibc
import TallyServer
import TallyText

/// What `serve` tells about itself.
enum ServeReport {
  /// One line, when it can be connected to.
  static func ready(_ server: StockServer, json: Bool) throws {
    let output = Output()
    if json {
      try output.json { json in
        json.beginObject()
        json.field("ready", true)
        json.optional("resp", tcp(server.resp))
        json.optional("http", server.http.map { "\($0)" })
        json.optional("unix", unix(server.resp))
        json.field("pid", getpid())
        json.endObject()
      }
    } else {
      for address in server.resp { try output.line("serving Redis's protocol on \(address)") }
      if let http = server.http { try output.line("serving HTTP on \(url(http, isSecure: server.isSecure))") }
    }
    try output.flush()
  }

  /// What a client over HTTP is given: a socket of this machine by its path.
  static func url(_ address: ListenAddress, isSecure: Bool) -> String {
    guard case .tcp = address else { return address.description }
    return "\(isSecure ? "https" : "http")://\(address)"
  }

  /// While it serves.
  ///
  /// - Parameter kind: what stands before it for people; `nil`: nothing.
  static func tell(_ kind: String?, _ message: String, _ format: LogFormat) {
    switch format {
    case .text: StandardError.print(kind.map { "\($0): \(message)" } ?? message)
    case .json: JSONLineLog.tell(message, isWarning: kind != nil)
    }
  }

  /// The settings, as they would be used.
  static func show(
    _ configuration: ServerConfiguration, maxQueued: Int, _ settings: ServeSettings, json: Bool
  ) throws {
    let output = Output()
    let delay = configuration.maxQueueDelay / .milliseconds(1)
    if json {
      try output.json { json in
        json.beginObject()
        json.optional("resp", tcp(configuration.resp))
        json.optional("http", configuration.http.map { "\($0)" })
        json.optional("unix", unix(configuration.resp))
        json.field("allow_unkeyed", configuration.allowsUnkeyed)
        json.field("insecure_anyone_may_connect", configuration.allowsAnyone)
        json.field("insecure_without_tls", configuration.allowsPlainText)
        json.optional("users", configuration.users)
        json.optional("tls_certificate", configuration.tls?.certificate)
        json.optional("tls_key", configuration.tls?.key)
        json.optional("tls_client_authority", configuration.tls?.clientAuthority)
        json.field("max_connections", configuration.maxConnections)
        json.field("max_outstanding", configuration.maxOutstanding)
        json.field("max_queued", maxQueued)
        json.field("max_queue_delay_ms", Int(delay))
        json.field("event_loops", configuration.eventLoops)
        json.optional("client_rate", configuration.clientRate?.description)
        json.optional("item_rate", configuration.itemRate?.description)
        json.field("verifier", configuration.verifies)
        json.optional("sign", configuration.signing?.key)
        json.field("checkpoint_every_ms", Int((configuration.signing?.interval ?? .zero) / .milliseconds(1)))
        json.key("witnesses")
        json.beginArray()
        for witness in configuration.signing?.witnesses ?? [] { json.string(witness.url.utf8) }
        json.endArray()
        json.key("webhooks")
        json.beginArray()
        for webhook in configuration.webhooks { json.string(webhook.url.utf8) }
        json.endArray()
        json.key("origins")
        json.beginObject()
        for name in ServeSettings.values + ServeSettings.flags {
          let origin = settings.found.first { $0.name == name }?.origin ?? .none
          json.key(text: ServeSettings.fileName(name))
          json.string("\(origin)".utf8)
        }
        json.endObject()
        json.endObject()
      }
    } else {
      for address in configuration.resp { try output.line("listens on           \(address)") }
      if let http = configuration.http { try output.line("listens on           http://\(http)") }
      try output.line("unkeyed commands     \(configuration.allowsUnkeyed ? "taken" : "refused")")
      try output.line("other machines       \(configuration.servesOtherMachines ? "may connect" : "refused")")
      try output.line("users                \(configuration.users ?? "nobody is asked")")
      try output.line("TLS                  \(configuration.tls?.certificate ?? "none")")
      try output.line("connections          \(configuration.maxConnections)")
      try output.line("outstanding, each    \(configuration.maxOutstanding)")
      try output.line("queue                \(maxQueued) commands, \(Int(delay)) ms")
      try output.line("event loops          \(configuration.eventLoops)")
      try output.line("a client, a second   \(configuration.clientRate?.description ?? "any number")")
      try output.line("an item, a second    \(configuration.itemRate?.description ?? "any number of reservations")")
      try output.line("verifier             \(configuration.verifies ? "follows the log" : "none")")
      try output.line(
        "checkpoints          \(configuration.signing.map { "signed with \($0.key)" } ?? "are not signed")")
      for witness in configuration.signing?.witnesses ?? [] { try output.line("witness              \(witness.name)") }
      for webhook in configuration.webhooks {
        try output.line("webhook              \(webhook.consumer), \(webhook.url)")
      }
      for (name, value, origin) in settings.found {
        try output.line("--\(name)=\(value), from \(origin == .argument ? "the arguments" : "\(origin)")")
      }
      try output.line("everything else is as it is by itself")
    }
    try output.flush()
  }

  private static func tcp(_ addresses: [ListenAddress]) -> String? {
    addresses.lazy.compactMap { if case .tcp = $0 { "\($0)" } else { nil } }.first
  }

  private static func unix(_ addresses: [ListenAddress]) -> String? {
    addresses.lazy.compactMap { if case .unix(let path) = $0 { path } else { nil } }.first
  }
}

extension JSONWriter {
  fileprivate mutating func optional(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) } else { nullField(name) }
  }
}
