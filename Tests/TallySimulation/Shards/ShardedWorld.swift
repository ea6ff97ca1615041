import TallyShards
import TallyTestSupport

/// A shop of several shards on machines of their own, a router that is killed and replaced, and a network that does what
/// networks do. All from one seed.
public struct ShardedWorld {
  private static let shards = 3
  private let map: ShardMap
  private let skus: [Name]
  private let clock = SimulatedClock()
  private var nodes: [ShardNode] = []
  private var network: SimulatedNetwork<SimulatedRouter.Message>
  private var router = SimulatedRouter(session: 1)
  private var random: SplitMix64
  private var counts = SimulationCounts()
  /// Messages that have arrived.
  private var delivered = 0

  // What clients know.
  private var asked: [Name: [Line]] = [:]
  private var commands: [Name: Command] = [:]
  private enum Asked { case reserve, commit, release, recover }
  private var under: [Int: Asked] = [:]
  private var acknowledged: [Name: Asked] = [:]
  /// Carts whose release was asked for, answered or not.
  private var wasAskedToRelease: Set<Name> = []

  /// A world of random carts and troubles.
  ///
  /// - Throws: ``BrokenPromise``.
  public static func run(seed: UInt64) throws -> SimulationCounts {
    var world = try ShardedWorld(seed)
    try world.live()
    return world.counts
  }

  /// One cart is reserved and settled, and the coordinator dies after so many messages.
  ///
  /// - Returns: whether it was over before that.
  /// - Throws: ``BrokenPromise``.
  public static func kill(after messages: Int, timed: Bool, commits: Bool, short: Bool) throws -> Bool {
    var world = try ShardedWorld(7)
    return try world.liveOnce(killedAfter: messages, timed: timed, commits: commits, short: short)
  }

  private init(_ seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    network = SimulatedNetwork(seed: random.next())
    let logs = (0..<Self.shards).compactMap { LogID(bytes: Array("simulated shard".utf8) + [UInt8($0)]) }
    guard let shop = LogID(bytes: Array("simulated shops!".utf8)) else { throw BrokenPromise("an id has 16 bytes") }
    let map = ShardMap(shop: shop, logs: logs)
    self.map = map
    skus = (0..<Self.shards).map { shard in
      (0...).lazy.map { Name("sku-\($0)") }.first { map.shard(of: $0) == shard } ?? "none"
    }
    var settings = SimulationSettings()
    settings.snapshotEvery = 0
    settings.segmentSize = 1 << 20
    settings.firstAllocation = 16 << 10
    for shard in 0..<Self.shards {
      let skew = Int64(random.number(-400...400))
      let node = try ShardNode(shard, settings, clock: clock, skew: skew, seed: random.next())
      nodes.append(node)
      _ = node.log?.append(Command(.receive([Line(sku: skus[shard], 12)], reference: "opening")))
    }
  }

  // MARK: Lives

  private mutating func live() throws {
    network.lossRate = random.pick([0, 4, 10, 30])
    network.longestDelay = random.pick([0, 3, 30])
    for _ in 0..<random.number(2...4) {
      for _ in 0..<random.number(20...120) {
        if random.one(in: 4) { try ask() }
        step()
        try trouble()
      }
      // The router dies, and with it every coordinator; what it has sent may still arrive.
      try replaceRouter()
    }
    try settle()
    counts.seeds = 1
    counts.faults += network.lost
  }

  private mutating func liveOnce(killedAfter messages: Int, timed: Bool, commits: Bool, short: Bool) throws -> Bool {
    let cart = Name("cart")
    let lines = [Line(sku: skus[0], 2), Line(sku: skus[1], short ? 99 : 1), Line(sku: skus[2], 1)]
    try reserve(cart, lines, timeToLive: timed ? 5_000 : nil)
    func isDead(_ world: ShardedWorld) -> Bool { world.delivered >= messages }
    while !isDead(self), !router.works.isEmpty { step() }
    if !isDead(self), acknowledged[cart] == .reserve { try settleCart(cart, commits: commits) }
    while !isDead(self), !router.works.isEmpty { step() }
    let isOver = router.works.isEmpty
    try replaceRouter()
    try settle()
    return isOver
  }

  private mutating func ask() throws {
    let known = acknowledged.keys.filter { !router.busy.contains($0) }.sorted()
    if !known.isEmpty, random.one(in: 2) {
      let cart = random.pick(known)
      if acknowledged[cart] == .reserve { try settleCart(cart, commits: !random.one(in: 3)) }
      return
    }
    // Some that were asked for before, and whose answer nobody has.
    let open = commands.keys.filter { acknowledged[$0] == nil && !router.busy.contains($0) }.sorted()
    if !open.isEmpty, random.one(in: 2) { return try retry(random.pick(open)) }
    let cart = Name("cart-\(commands.count)")
    let first = random.number(0...2)
    var lines = [first, (first + random.number(1...2)) % 3].map { Line(sku: skus[$0], Int64(random.number(1...4))) }
    if random.one(in: 3),
      let missing = (0..<3).first(where: { shard in !lines.contains { $0.item.sku == skus[shard] } })
    {
      lines.append(Line(sku: skus[missing], 1))
    }
    try reserve(cart, lines, timeToLive: random.pick([nil, 300, 5_000, 60_000]))
  }

  private mutating func reserve(_ cart: Name, _ lines: [Line], timeToLive: Int64?) throws {
    asked[cart] = lines
    commands[cart] = Command(.reserve(id: cart, lines, timeToLive: timeToLive))
    try retry(cart)
  }

  /// As a router does: what is confirmed is a repeat, and an attempt that was given up has a successor.
  private mutating func retry(_ cart: Name) throws {
    let witness = try CartWitness(nodes)
    guard let command = commands[cart], witness.confirmed[cart] == nil, nodes.allSatisfy({ $0.log != nil }) else {
      return
    }
    let shards = Set((asked[cart] ?? []).map { map.shard(of: $0.item.sku) }).sorted()
    let attempt = (witness.attempts[cart] ?? 0) &+ 1
    guard attempt > 0, let plan = CartPlan(command, home: random.pick(shards), attempt: attempt, map) else { return }
    under[router.begin(CartReserving(plan), of: cart)] = .reserve
  }

  private mutating func settleCart(_ cart: Name, commits: Bool) throws {
    guard let part = try CartWitness(nodes).confirmed[cart] else { return }
    if !commits { wasAskedToRelease.insert(cart) }
    let task = CartSettling(part, of: nodes.count, isConfirmed: true, wish: commits ? .commit : .release)
    under[router.begin(task, of: cart)] = commits ? .commit : .release
  }

  // MARK: Time

  /// One message arrives, or what is not answered is sent again.
  private mutating func step() {
    for message in router.messages(now: network.now, patience: 50, life: { nodes[$0].life }) {
      network.send(message, shard: message.shard)
    }
    clock.now += Int64(random.number(0...40))
    guard let message = network.next() else { return network.pass(50) }
    delivered += 1
    switch message.body {
    case .ask(let request):
      guard let reply = nodes[message.shard].answer(request, session: message.session, life: message.life) else {
        return
      }
      var answer = message
      answer.body = .reply(reply)
      network.send(answer, shard: message.shard)
    case .reply:
      guard let (work, cart, outcome) = router.take(message), let what = under.removeValue(forKey: work) else { return }
      counts.answers += 1
      if outcome.isDone, what != .recover { acknowledged[cart] = what }
    }
  }

  private mutating func trouble() throws {
    switch random.number(0...39) {
    case 0:
      let node = random.pick(nodes)
      counts.faults += 1
      node.kill(power: random.one(in: 2))
      if random.one(in: 2) { try node.start() }
    case 1: network.cutOff = [random.number(0...2)]
    case 2: network.cutOff = []
    case 3, 4: for node in nodes { try node.start() }
    case 5: clock.now += Int64(random.number(0...4_000))
    default: break
    }
  }

  /// The next router opens when it reaches every shard, and finishes what the last one left.
  private mutating func replaceRouter() throws {
    counts.faults += 1
    under = [:]
    router = SimulatedRouter(session: router.session + 1)
    network.cutOff = []
    for node in nodes { try node.start() }
    // From the moment it has spoken to a shard, the shard listens to no other.
    for node in nodes { _ = node.answer(.status("nobody"), session: router.session, life: node.life) }
    let witness = try CartWitness(nodes)
    for part in witness.open where !router.busy.contains(part.cart) {
      let task = CartSettling(part, of: nodes.count, isConfirmed: witness.confirmed[part.cart] == part)
      under[router.begin(task, of: part.cart)] = .recover
    }
  }

  /// All troubles end; what is open is finished, and everything must be as clients were told.
  private mutating func settle() throws {
    network.lossRate = 0
    for _ in 0..<4 {
      try replaceRouter()
      var steps = 0
      while !router.works.isEmpty || !network.isQuiet {
        step()
        steps += 1
        if steps > 20_000 { throw BrokenPromise("the carts \(router.busy) are never finished") }
      }
    }
    // What nobody came back to falls due.
    clock.now += 10 * CartPart.patience
    for node in nodes { _ = node.log?.append(Command(.expire)) }
    try replaceRouter()
    while !router.works.isEmpty { step() }
    let witness = try CartWitness(nodes)
    try witness.check(asked: asked)
    for (cart, what) in acknowledged {
      let fate = witness.fate(of: cart)
      switch (what, fate) {
      case (.commit, .sold), (.release, .released): break
      case (.reserve, .open), (.reserve, .sold), (.reserve, .released): break
      default: throw BrokenPromise("the cart \(cart) was told \(what), and is \(fate)")
      }
      if what == .reserve, fate == .released, commands[cart]?.isTimed == false, !wasAskedToRelease.contains(cart) {
        throw BrokenPromise("the cart \(cart) was held for ever, and is gone")
      }
    }
    for node in nodes { try node.audit() }
  }
}

extension Command {
  fileprivate var isTimed: Bool {
    if case .reserve(_, _, _, .some, _) = operation { return true }
    return false
  }
}

extension Outcome {
  fileprivate var isDone: Bool {
    switch self {
    case .accepted, .repeated: true
    case .rejected, .invalid, .busy, .failed: false
    }
  }
}
