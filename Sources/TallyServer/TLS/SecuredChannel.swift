import HummingbirdCore
import Logging
import NIOCore

/// HTTP inside TLS, with the certificate as it is when a client connects.
struct SecuredChannel: ServerChildChannel {
  let inside: HTTP1Channel
  let tls: ServerTLS

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(tls.handler())
    }.flatMap { inside.setup(channel: channel, logger: logger) }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async { await inside.handle(value: value, logger: logger) }
}
