import NIOCore

/// What one event loop's connections share. To be used on that loop only, but for its methods, which may come from any
/// thread.
final class LoopServices: Sendable {
  private struct Contents {
    let gate: CommandGate
    let registry: ConnectionRegistry
  }
  private let context: ServerContext
  private let loop: any EventLoop
  private let made: NIOLoopBoundBox<Contents?>

  init(_ context: ServerContext, _ loop: any EventLoop) {
    self.context = context
    self.loop = loop
    made = .makeEmptyBox(eventLoop: loop)
  }

  /// On the loop, where it is made when it is needed first.
  private var contents: Contents {
    if let made = made.value { return made }
    let contents = Contents(
      gate: CommandGate(
        context.stock, on: loop, context.queueLimit, metrics: context.metrics),
      registry: ConnectionRegistry(context.counts))
    made.value = contents
    return contents
  }

  /// A connection's handler. On the loop.
  func makeConnection() -> RESPConnection {
    RESPConnection(id: context.counts.nextID(), context, contents.gate, contents.registry)
  }

  /// Now and then, for as long as the loop runs.
  func lookAfterConnections() {
    let interval = min(TimeAmount.seconds(5), context.configuration.patience)
    loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
      contents.registry.lookAfter(now: .now())
    }
  }

  func endAll() {
    loop.execute { [self] in contents.registry.endAll() }
  }

  func closeAll() {
    loop.execute { [self] in contents.registry.closeAll() }
  }
}
