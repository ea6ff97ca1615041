import Glibc
import TallyFormat
import TallyTestSupport
import Tallystick
import Testing

@testable import TallyProof

@Suite("A tree whose own files rot, or cannot be written")
struct AlteredTreeTests {
  private let folder = TemporaryDirectory()
  private var path: String { folder.path + "/shop.tally" }
  private var directory: LogDirectory { LogDirectory(path) }

  /// A log of some 600 frames with a reservation each, `order-0` and so on, and the checkpoint of it.
  private func shop(keepsEvents: Bool = false) throws -> (signer: NoteSigner, note: SignedNote) {
    var options = LogOptions()
    options.isDurable = false
    let id = try #require(LogID(bytes: [UInt8](repeating: 9, count: 16)))
    try TallyLog.create(path, settings: LogSettings(), log: id, options: options)
    let log = try TallyLog(path, options: options)
    _ = log.append(Command(.receive([Line(sku: "tea", 1_000_000)])))
    for order in 0..<600 { _ = log.append(Command(.reserve(id: Name("order-\(order)"), [Line(sku: "tea", 1)]))) }
    log.close()
    let signer = try NoteSigner.generate(name: "shop.example/log")
    let signed = try SignedLog(directory)
    if keepsEvents { try signed.tree.keepEvents() }
    try signed.grow()
    return (signer, try signed.sign(signer))
  }

  private func flip(_ name: String, at place: Int) throws {
    let file = try LocalFileSystem().open("\(path)/tree/\(name)", .readWrite)
    defer { file.close() }
    let byte = try file.bytes(at: place, count: 1)
    try file.write(byte.map { $0 ^ 1 }, at: place)
  }

  private func proof(of order: Int, _ note: SignedNote, _ log: SignedLog) throws -> ReservationProof {
    let reader = try LogReader(path)
    let id = Name("order-\(order)")
    return try ReservationProof(
      id: id, sequence: #require(try reader.sequence(ofReservation: id)),
      names: { try reader.itemNames(of: $0).map { ($0.sku, $0.location) } }, checkpoint: note, tree: log.tree,
      source: log.source)
  }

  private func isAltered(_ error: any Error, _ file: String, isForgotten: Bool) -> Bool {
    let inner: TreeError? =
      if case .tree(let error)? = error as? SigningError { error } else { error as? TreeError }
    guard case .altered(_, file, isForgotten)? = inner else { return false }
    return "\(error)".contains("tree is derived") && "\(error)".contains("the log is not")
  }

  @Test(
    "is named by the tile that is another, is not blamed on the log, and is made again by the next who signs",
    arguments: [("tile/1/000.p/2", 7), ("tile/0/002.p/94", 40)])
  func signing(tile: String, place: Int) throws {
    let (signer, first) = try shop()
    let names = try LocalFileSystem().list(path + "/tree/tile/0")
    // The partial tile's name says how many frames there are.
    let count = try LocalFileSystem().list(path + "/tree/tile/0/\(try #require(names.last))")[0]
    let file = tile.hasPrefix("tile/0") ? "tile/0/002.p/\(count)" : tile
    try flip(file, at: place)
    do {
      let log = try SignedLog(directory)
      try log.grow()
      #expect { try log.sign(signer) } throws: { error in
        (error as? SigningError)?.isAlarming == false && isAltered(error, file, isForgotten: true)
      }
    }
    let again = try SignedLog(directory)
    try again.grow()
    #expect(try again.sign(signer).text == first.text)
    _ = try proof(of: 3, first, again).check(signer.verifier)
  }

  @Test("makes no proof that does not hold: the tile beside the way is named")
  func proving() throws {
    let (signer, note) = try shop()
    // Of a tile that is full the nodes above are in another one, and the root is right.
    try flip("tile/0/000", at: 32 * 9)
    do {
      let log = try SignedLog(reading: directory)
      #expect(try log.tree.root(of: log.tree.size) == TreeHead(parsing: note.text).root)
      #expect { try proof(of: 3, note, log) } throws: { isAltered($0, "tile/0/000", isForgotten: false) }
    }
    // What was opened to be read is neither grown nor forgotten.
    let reading = try SignedLog(reading: directory)
    #expect { try reading.grow() } throws: { "\($0)".contains("opened to be read") }
    #expect(try !reading.tree.forget() && SignedLog(reading: directory).tree.size == reading.tree.size)
    try SignedLog(directory).tree.forget()
    let again = try SignedLog(directory)
    #expect(again.tree.size == 0)
    try again.grow()
    _ = try proof(of: 3, note, again).check(signer.verifier)
  }

  @Test("over events is not blamed on the log either")
  func events() throws {
    let (signer, note) = try shop(keepsEvents: true)
    try flip("events/tile/0/000", at: 32 * 9)
    #expect {
      let log = try SignedLog(directory)
      _ = try EventProof(of: 12, checkpoint: note, tree: log.tree, source: log.source)
    } throws: { isAltered($0, "events/tile", isForgotten: true) }
    let again = try SignedLog(directory)
    #expect(again.tree.size == 0 && again.tree.keepsEvents)
    try again.grow()
    #expect(try again.sign(signer).text == note.text)
    let proof = try EventProof(of: 12, checkpoint: note, tree: again.tree, source: again.source)
    #expect(try proof.check(signer.verifier).event.sequence == 12)
  }

  @Test("still lets the log be blamed where the log is another")
  func log() throws {
    let (signer, _) = try shop()
    let other = try NoteSigner.generate(name: "shop.example/log")
    let forged = try #require(
      TreeHead(
        origin: "shop.example/log", size: 500, root: .zero,
        extent: .init(log: try SignedLog(directory).source.log, lastSequence: 400)
      ).signed(by: other))
    let log = try SignedLog(directory)
    try log.keep(forged)
    #expect { try log.sign(signer) } throws: { ($0 as? SigningError)?.isAlarming == true }
    #expect { try proof(of: 3, forged, log) } throws: { $0 is ProofFlaw }
  }

  @Test("where nothing can be written proofs are made all the same, of both kinds", arguments: [false, true])
  func readOnly(keepsEvents: Bool) throws {
    let (signer, note) = try shop(keepsEvents: keepsEvents)
    let files = UnwritableFiles()
    let log = try SignedLog(reading: directory, files: files)
    #expect(try log.lastCheckpoint() == note)
    _ = try proof(of: 599, note, log).check(signer.verifier)
    if keepsEvents {
      let proof = try EventProof(of: 12, checkpoint: note, tree: log.tree, source: log.source)
      _ = try proof.check(signer.verifier)
    }
    #expect { _ = try SignedLog(directory, files: files) } throws: { "\($0)".contains("Read-only") }
  }

  @Test("an origin may be as long as leaves room for that of the tree over events")
  func origins() throws {
    #expect(EventsHead.mostOriginBytes == 248)
    for (count, fits) in [(EventsHead.mostOriginBytes, true), (EventsHead.mostOriginBytes + 1, false)] {
      let signer = try NoteSigner.generate(name: String(repeating: "o", count: count))
      #expect((signer.beside(EventsHead.part) != nil) == fits)
    }
  }
}

/// The kernel's files, mounted to be read.
private struct UnwritableFiles: FileSystem {
  private let files = LocalFileSystem()

  private func refuse(_ operation: String, _ path: String) -> FileError {
    FileError(operation: operation, path: path, code: EROFS, reason: "Read-only file system")
  }

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> any LogFile {
    if case .read = mode { return try files.open(path, mode) }
    throw refuse("open", path)
  }
  func list(_ directory: String) throws(FileError) -> [String] { try files.list(directory) }
  func makeDirectory(_ path: String) throws(FileError) { throw refuse("make", path) }
  func rename(_ old: String, to new: String) throws(FileError) { throw refuse("rename", old) }
  func remove(_ path: String) throws(FileError) { throw refuse("remove", path) }
  func syncDirectory(_ path: String) throws(FileError) { throw refuse("sync", path) }
  func identity(of path: String) throws(FileError) -> FileIdentity? { try files.identity(of: path) }
  func networkFileSystemName(of path: String) throws(FileError) -> String? {
    try files.networkFileSystemName(of: path)
  }
}
