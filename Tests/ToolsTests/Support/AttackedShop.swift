import TallyTestSupport
import Tallystick
import Testing

/// A shop whose log somebody attacks who has its disk and this program's code, but none of the keys; and those who watch
/// it: who keeps an old checkpoint, an auditor who remembers, a witness that looks at the published tiles.
struct AttackedShop {
  let tally = Tool()
  private static let id = LogID(bytes: [UInt8](repeating: 0x5A, count: 16))

  func path(_ name: String) -> String { tally.directory.path + "/" + name }

  /// Twenty orders sold, and all watchers have looked: `old.tally` is a copy from then. Ten more, and all have looked again.
  /// Five more, which nobody has seen.
  init() throws {
    try make("shop.tally", orders: (0..<20).map { "order-\($0)" })
    let keys = tally.shell(
      "$tally key generate --origin shop.example/log --out key && $tally snapshot rebuild --log shop.tally"
        + " && $tally key generate --witness --origin witness.example/w --out witness.key")
    #expect(keys.status == 0, "\(keys.errors)")
    look()
    #expect(tally.shell("cp -r shop.tally old.tally").status == 0)
    try sell("shop.tally", orders: (20..<30).map { "order-\($0)" })
    look()
    try sell("shop.tally", orders: (30..<35).map { "order-\($0)" })
  }

  private func look() {
    let looked = tally.shell(
      """
      $tally checkpoint --key key --log shop.tally > kept.checkpoint && $verify shop.tally --remember memory \
        && $tally tiles public --log shop.tally \
        && $tally witness --key witness.key --state witness --log-key key.pub --once public
      """)
    #expect(looked.status == 0, "\(looked.errors)")
  }

  /// A log of the shop's identity, made with the writer's code.
  func make(_ name: String, orders: [String]) throws {
    let id = try #require(AttackedShop.id)
    var options = LogOptions()
    options.isDurable = false
    try TallyLog.create(path(name), settings: LogSettings(), log: id, options: options)
    let log = try TallyLog(path(name), options: options)
    _ = log.append(Command(.receive([Line(sku: "tea", 100)]), time: 1_000))
    log.close()
    try sell(name, orders: orders)
  }

  /// Each order in a frame of its own.
  func sell(_ name: String, orders: [String]) throws {
    let log = try TallyLog(path(name))
    for order in orders { _ = log.append(Command(.reserve(id: Name(order), [Line(sku: "tea", 1)]))) }
    log.close()
  }

  /// Where each frame of the log begins in its first segment, and where the last ends.
  func frames(_ name: String = "shop.tally") throws -> [Int] {
    let source = try LocalFrameSource(LogDirectory(path(name)), files: LocalFileSystem())
    let reader = try source.frames(from: .beginning, showsUnsynced: false)
    var places = [Int]()
    while case .frame(_, let position) = try reader.next() { places.append(position.offset) }
    return places + [reader.position.offset]
  }

  func change(_ file: String, _ body: (inout [UInt8]) throws -> Void) throws {
    var bytes = try tally.bytes(of: path(file))
    try body(&bytes)
    _ = try tally.file(file, bytes)
  }

  // MARK: Who notices

  /// Each looks at a copy of what the attacker left.
  enum Watcher: String, CaseIterable {
    /// The next command.
    case writer
    /// The auditor, with nothing but the log.
    case auditor
    /// The auditor, with a checkpoint from before.
    case holder
    /// The auditor, who remembers the last audit.
    case memory
    /// Whoever signs the next checkpoint.
    case signer
    /// A witness that looks at the tiles, although the attacker deleted the tree and the shop's own server signed.
    case witness

    fileprivate var script: String {
      switch self {
      case .writer: "$tally reserve late tea=1 --log copy"
      case .auditor: "$verify copy"
      case .holder: "$verify copy --from-checkpoint kept.checkpoint --key key.pub"
      case .memory: "$verify copy --remember memory.copy"
      case .signer: "$tally checkpoint --key key --log copy"
      case .witness:
        "rm -rf copy/tree; $tally tiles forged --key key --log copy"
          + " && $tally witness --key witness.key --state witness.copy --log-key key.pub --once forged"
      }
    }
  }

  func ask(_ watcher: Watcher) -> RunningProgram.Ended {
    tally.shell(
      "rm -rf copy forged memory.copy witness.copy; cp -r shop.tally copy; cp -r memory memory.copy; cp -r witness witness.copy\n"
        + watcher.script)
  }
}
