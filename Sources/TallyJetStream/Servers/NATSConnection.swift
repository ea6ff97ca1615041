import Glibc

#if JetStream
  import CNATS

  /// A connection to NATS servers: libnats, behind one blocking call. It reconnects by itself, for as long as it lives.
  ///
  /// Usable from any thread, because libnats is, and nothing else is kept here. No callback is registered that touches
  /// anything of ours.
  final class NATSConnection: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Milliseconds that a server has to take a connection.
    private static let connectMilliseconds: Int64 = 3_000
    /// Milliseconds that an answer may take, and one more for each so many bytes.
    private static let answerMilliseconds: Int64 = 2_000
    private static let bytesPerMillisecond = 2_000

    /// Connects to the first server that answers.
    init(_ address: StreamAddress) throws(StreamFault) {
      var options: OpaquePointer?
      try NATSConnection.check(natsOptions_Create(&options), "start")
      defer { natsOptions_Destroy(options) }
      try NATSConnection.set(options, address)
      var connection: OpaquePointer?
      let status = natsConnection_Connect(&connection, options)
      guard status == NATS_OK, let connection else {
        throw StreamFault(.lasting, "cannot connect: \(NATSConnection.words(for: status))")
      }
      handle = connection
    }

    deinit { natsConnection_Destroy(handle) }

    private static func set(_ options: OpaquePointer?, _ address: StreamAddress) throws(StreamFault) {
      var servers = address.servers.map { UnsafePointer(strdup($0)) }
      defer { for server in servers { free(UnsafeMutablePointer(mutating: server)) } }
      try check(natsOptions_SetServers(options, &servers, Int32(servers.count)), "use these servers")
      // In the order of the address: the stream's leader may be named first.
      try check(natsOptions_SetNoRandomize(options, true), "set an option")
      try check(natsOptions_SetName(options, "tallystick"), "set an option")
      try check(natsOptions_SetTimeout(options, connectMilliseconds), "set an option")
      // Otherwise a small message waits for a millisecond (measured).
      try check(natsOptions_SetSendAsap(options, true), "set an option")
      try check(natsOptions_SetFailRequestsOnDisconnect(options, true), "set an option")
      try check(natsOptions_SetMaxReconnect(options, -1), "set an option")
      try check(natsOptions_SetReconnectWait(options, 100), "set an option")
      // The default one prints on standard error.
      try check(natsOptions_SetErrorHandler(options, { _, _, _, _ in }, nil), "set an option")
      if let credentials = address.credentials {
        try check(
          natsOptions_SetUserCredentialsFromFiles(options, credentials, nil), "use the credentials in \(credentials)")
      }
      if address.isEncrypted || address.authorities != nil || address.certificate != nil {
        try check(natsOptions_SetSecure(options, true), "use TLS")
      }
      if let authorities = address.authorities {
        try check(natsOptions_LoadCATrustedCertificates(options, authorities), "use the certificates in \(authorities)")
      }
      if let certificate = address.certificate, let key = address.key {
        try check(
          natsOptions_LoadCertificatesChain(options, certificate, key), "use the certificate \(certificate), \(key)")
      }
    }

    /// Bytes that a message may have, headers included, as the connected server says.
    var largestPayload: Int { Int(clamping: natsConnection_GetMaxPayload(handle)) }

    /// Sends a message and waits for the answer to it.
    ///
    /// - Throws: ``StreamFault`` if there is none, or nobody who could give it. The message may have come to its end
    ///   all the same.
    func request(
      _ subject: String, _ body: [UInt8], headers: [(name: String, value: String)]
    ) throws(StreamFault) -> [UInt8] {
      var message: OpaquePointer?
      let made = body.withUnsafeBytes { bytes in
        natsMsg_Create(
          &message, subject, nil, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count))
      }
      try NATSConnection.check(made, "make a message")
      defer { natsMsg_Destroy(message) }
      for (name, value) in headers {
        try NATSConnection.check(natsMsgHeader_Set(message, name, value), "make a message")
      }
      var reply: OpaquePointer?
      let timeout = NATSConnection.answerMilliseconds + Int64(body.count / NATSConnection.bytesPerMillisecond)
      let status = natsConnection_RequestMsg(&reply, handle, message, timeout)
      defer { natsMsg_Destroy(reply) }
      guard status == NATS_OK else { throw fault(status) }
      let count = natsMsg_GetDataLength(reply)
      guard count > 0, let data = natsMsg_GetData(reply) else { return [] }
      return Array(UnsafeRawBufferPointer(start: data, count: Int(count)))
    }

    private func fault(_ status: natsStatus) -> StreamFault {
      switch status {
      case NATS_NO_RESPONDERS: StreamFault(.noResponders, "no server answers for the stream now (503)")
      case NATS_TIMEOUT: StreamFault(.passing, "no answer in time\(lastError)")
      case NATS_MAX_PAYLOAD: StreamFault(.lasting, "the message is larger than the server's max_payload")
      default: StreamFault(.passing, NATSConnection.words(for: status) + lastError)
      }
    }

    /// What the server has said that is no answer: a permission that lacks.
    private var lastError: String {
      var text: UnsafePointer<CChar>?
      guard natsConnection_GetLastError(handle, &text) != NATS_OK, let text else { return "" }
      let words = String(cString: text)
      return words.isEmpty ? "" : " (\(words))"
    }

    private static func check(_ status: natsStatus, _ what: String) throws(StreamFault) {
      guard status == NATS_OK else { throw StreamFault(.lasting, "cannot \(what): \(words(for: status))") }
    }

    /// libnats keeps what it says of a thread's last call.
    private static func words(for status: natsStatus) -> String {
      var last = NATS_OK
      if let text = nats_GetLastError(&last), last == status, text.pointee != 0 { return String(cString: text) }
      return natsStatus_GetText(status).map { String(cString: $0) } ?? "error \(status.rawValue)"
    }
  }
#else
  /// Stands in where the package is built without the trait `JetStream`: says so.
  final class NATSConnection: Sendable {
    let largestPayload = 0

    init(_ address: StreamAddress) throws(StreamFault) {
      throw StreamFault(
        .lasting,
        "this program was built without the trait JetStream: build it with libnats-dev and without"
          + " --disable-default-traits")
    }

    func request(
      _ subject: String, _ body: [UInt8], headers: [(name: String, value: String)]
    ) throws(StreamFault) -> [UInt8] { throw StreamFault(.lasting, "built without JetStream") }
  }
#endif
