import NIOCore
import NIOPosix
import TallyThreads
import Tallystick

/// All webhooks of a server. Any thread.
final class Webhooks: Sendable {
  let senders: [WebhookSender]
  private let client: WebhookClient?
  private let tasks = Monitor<[Task<Void, Never>]>([])
  private let running: Monitor<Int>

  /// Sends nothing yet.
  ///
  /// - Throws: ``ServerFailure/webhook(_:)`` where dead letters cannot be read.
  init(_ webhooks: [Webhook], _ log: TallyLog, path: String, _ group: MultiThreadedEventLoopGroup) throws(ServerFailure)
  {
    running = Monitor(0)
    guard !webhooks.isEmpty else {
      (senders, client) = ([], nil)
      return
    }
    var letters: [DeadLetters] = []
    for webhook in webhooks { letters.append(try DeadLetters(webhook.consumer, ofLog: path)) }
    let client = WebhookClient(group)
    self.client = client
    senders = zip(webhooks, letters).map { webhook, letters in
      WebhookSender(webhook, log, letters) { await client.post($0, $1) }
    }
  }

  func start() {
    running.access { $0 = senders.count }
    for sender in senders {
      let task = Task { [running] in
        await sender.run()
        running.signal { $0 -= 1 }
      }
      tasks.access { $0.append(task) }
    }
  }

  /// Sends nothing more, and acknowledges what was delivered. Blocks the thread.
  ///
  /// - Returns: whether that came to an end in time.
  @discardableResult
  func end(atMost time: TimeAmount) -> Bool {
    for task in tasks.access({ $0 }) { task.cancel() }
    let isQuiet = running.wait(timeout: Double(time.nanoseconds) / 1e6) { $0 == 0 ? true : nil } ?? false
    client?.end()
    return isQuiet
  }

  func sender(of consumer: Name) -> WebhookSender? { senders.first { $0.webhook.consumer == consumer } }
}
