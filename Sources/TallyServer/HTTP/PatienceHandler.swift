import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection of HTTP that keeps memory and does not get on: a request that comes too slowly, or answers, streams
/// of events above all, that nobody reads. What has no request at all is the framework's to close.
final class PatienceHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let patience: TimeAmount
  /// Since when a request has been coming; `nil`: none is.
  private var requestTime: NIODeadline?
  /// Since when nothing of what was sent is read; `nil`: it is.
  private var stuckTime: NIODeadline?
  private var check: RepeatedTask?

  init(_ patience: TimeAmount) { self.patience = patience }

  func handlerAdded(context: ChannelHandlerContext) {
    let interval = TimeAmount.nanoseconds(max(1, patience.nanoseconds / 4))
    let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    check = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      let (handler, context) = handler.value
      handler.look(context, at: .now())
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    check?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: requestTime = .now()
    case .body: break
    case .end: requestTime = nil
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // Whoever was answered before all was read need not send the rest in time.
    if case .end = unwrapOutboundIn(data) { requestTime = nil }
    context.write(data, promise: promise)
  }

  private func look(_ context: ChannelHandlerContext, at now: NIODeadline) {
    stuckTime = context.channel.isWritable ? nil : stuckTime ?? now
    let times = [requestTime, stuckTime].compactMap { $0 }
    if times.contains(where: { now - $0 > patience }) { context.close(promise: nil) }
  }
}
