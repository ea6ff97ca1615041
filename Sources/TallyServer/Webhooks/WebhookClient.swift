import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import TallyThreads
import Tallystick

/// Sends messages over HTTP or HTTPS. Follows no redirect: whoever signs for one address does not send to another.
final class WebhookClient: Sendable {
  private static let mostAnswerBytes = 64 << 10

  private let client: HTTPClient

  init(_ group: MultiThreadedEventLoopGroup) {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(5))
    configuration.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
  }

  /// To be called before the loops end; blocks.
  func end() { try? client.syncShutdown() }

  func post(_ message: WebhookMessage, _ webhook: Webhook) async -> DeliveryAnswer {
    var request = HTTPClientRequest(url: webhook.url)
    request.method = .POST
    let now = UnixTime.now()
    for (name, value) in message.headers(secret: webhook.secret, now: now) {
      request.headers.add(name: name, value: value)
    }
    request.body = .bytes(ByteBuffer(bytes: message.body))
    do {
      let answer = try await client.execute(
        request, timeout: .milliseconds(webhook.timeout.wholeMilliseconds))
      // Read to its end, so that the connection serves the next.
      _ = try? await answer.body.collect(upTo: WebhookClient.mostAnswerBytes)
      return DeliveryAnswer(
        status: Int(answer.status.code), retryAfter: answer.headers.first(name: "retry-after"), now: now)
    } catch {
      return .failed(status: nil, reason: "\(error)", retryAfter: nil)
    }
  }
}
