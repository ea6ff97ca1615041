import TallyShards

/// A router that reaches its shards by messages only: it runs the library's coordinators, sends again what is not
/// answered, and forgets everything when it is killed.
struct SimulatedRouter {
  /// A message on its way.
  struct Message {
    enum Body {
      case ask(CartRequest)
      case reply(CartReply)
    }
    var body: Body
    /// Which router sent it, or is meant.
    var session: Int
    /// Which life of the shard is spoken to.
    var life: Int
    var shard: Int
    var work: Int
    var step: Int
    var index: Int
  }

  /// A coordinator at work.
  struct Work {
    let id: Int
    let cart: Name
    var task: any CartTask
    var step = 0
    var requests: [(shard: Int, request: CartRequest)] = []
    var replies: [CartReply?] = []
    var resendAt = 0
  }

  let session: Int
  private(set) var works: [Work] = []
  private var count = 0

  init(session: Int) { self.session = session }

  /// Carts that somebody is at work on.
  var busy: Set<Name> { Set(works.map(\.cart)) }

  /// Begins; the first messages are sent with the next ``messages(now:patience:life:)``.
  ///
  /// - Returns: the work's number; its outcome, if there is nothing to ask.
  mutating func begin(_ task: any CartTask, of cart: Name) -> Int {
    count += 1
    var work = Work(id: count, cart: cart, task: task)
    if case .ask(let requests) = work.task.next([]) { work.begin(requests) }
    works.append(work)
    return count
  }

  /// Questions that are not answered and have not been sent for so long.
  mutating func messages(now: Int, patience: Int, life: (Int) -> Int) -> [Message] {
    var messages: [Message] = []
    for place in works.indices where works[place].resendAt <= now {
      works[place].resendAt = now + patience
      let work = works[place]
      for (index, (shard, request)) in work.requests.enumerated() where work.replies[index] == nil {
        messages.append(
          Message(
            body: .ask(request), session: session, life: life(shard), shard: shard, work: work.id, step: work.step,
            index: index))
      }
    }
    return messages
  }

  /// - Returns: the work that is over with it, and how.
  mutating func take(_ message: Message) -> (work: Int, cart: Name, outcome: Outcome)? {
    guard message.session == session, case .reply(let reply) = message.body,
      let place = works.firstIndex(where: { $0.id == message.work }), works[place].step == message.step
    else { return nil }
    // A shard that failed is asked again when it has been opened again: a coordinator does not take that for an answer.
    if case .outcome(.failed) = reply { return nil }
    if case .failed = reply { return nil }
    if works[place].replies[message.index] == nil { works[place].replies[message.index] = reply }
    let replies = works[place].replies.compactMap { $0 }
    guard replies.count == works[place].requests.count else { return nil }
    switch works[place].task.next(replies) {
    case .ask(let requests):
      works[place].begin(requests)
      return nil
    case .done(let outcome):
      let work = works.remove(at: place)
      return (work.id, work.cart, outcome)
    }
  }
}

extension SimulatedRouter.Work {
  fileprivate mutating func begin(_ requests: [(shard: Int, request: CartRequest)]) {
    step += 1
    self.requests = requests
    replies = Array(repeating: nil, count: requests.count)
    resendAt = 0
  }
}
