import HummingbirdCore
import Logging
import NIOCore

/// Answers a connection's requests on the thread of its event loop: no request changes threads on its way to the log and
/// back. (One reservation a request: measured at a third more requests a second.)
///
/// Nothing that answers blocks: what reads files does so on threads of its own.
struct LoopChannel<Inside: ServerChildChannel>: ServerChildChannel where Inside.Value == HTTP1Channel.Value {
  let inside: Inside

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    inside.setup(channel: channel, logger: logger)
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await withTaskExecutorPreference(LoopExecutor(loop: value.channel.eventLoop)) {
      await inside.handle(value: value, logger: logger)
    }
  }
}

/// Runs tasks on an event loop's thread.
private final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
