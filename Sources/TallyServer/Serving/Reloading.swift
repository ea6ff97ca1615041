import TallyThreads

/// How often files were read again. Any thread.
final class ReloadCounts: Sendable {
  private let counts = Monitor((done: 0, failed: 0))

  func add(isGood: Bool) { counts.access { if isGood { $0.done += 1 } else { $0.failed += 1 } } }
  var done: Int { counts.access { $0.done } }
  var failed: Int { counts.access { $0.failed } }
}

extension ServerContext {
  /// Users, certificates and the key that signs again. Each by itself: what cannot be read stays as it was.
  ///
  /// - Returns: what could not be read, and why.
  func reload() -> [ServerFailure] {
    var failures: [ServerFailure] = []
    do throws(ServerFailure) { try access.reload() } catch { failures.append(error) }
    do throws(ServerFailure) { try tls?.reload() } catch { failures.append(error) }
    do throws(ServerFailure) { try checkpoints?.reload() } catch { failures.append(error) }
    reloads.add(isGood: failures.isEmpty)
    return failures
  }
}

/// What watches who may connect.
enum AccessMetrics {
  static func text(_ server: ServerContext) -> String {
    var text = MetricsText()
    text.single(
      "tallystick_users", "gauge", "Users that may connect; 0 if nobody is asked.", Double(server.access.userCount))
    text.single(
      "tallystick_wrong_tokens_total", "counter", "Wrong tokens, over both protocols.",
      Double(server.access.wrongCount))
    text.single(
      "tallystick_reloads_total", "counter", "Times that users, certificates and keys were read again.",
      Double(server.reloads.done))
    text.single(
      "tallystick_reload_failures_total", "counter", "Times that they could not be read, and stayed as they were.",
      Double(server.reloads.failed))
    if let tls = server.tls {
      text.single(
        "tallystick_certificate_expiry_seconds", "gauge", "When the certificate ends, in seconds since 1970.",
        Double(tls.expiry))
    }
    return text.text
  }
}
