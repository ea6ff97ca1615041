import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyProof

@Suite("Witnesses")
struct WitnessTests {
  private let folder = TemporaryDirectory()
  private var state: String { folder.path + "/state" }
  private let shop: NoteSigner
  private let cosigner: NoteSigner
  private let tree: NaiveTree

  init() throws {
    shop = try NoteSigner.generate(name: "shop.example/log")
    cosigner = try NoteSigner.generate(name: "witness.example/w1", cosigns: true)
    var random = SplitMix64(seed: 5)
    tree = NaiveTree(leaves: (0..<40).map { _ in MerkleHash.leaf(random.bytes(32)) })
  }

  private func witness(_ keys: [NoteVerifier]? = nil) throws -> Witness {
    try Witness(cosigner, logs: keys ?? [shop.verifier], state: state)
  }

  private func checkpoint(_ size: UInt64, of tree: NaiveTree? = nil, by signer: NoteSigner? = nil) throws -> SignedNote
  {
    let signer = signer ?? shop
    let head = TreeHead(
      origin: signer.verifier.name, size: size, root: (tree ?? self.tree).root(of: size), extent: nil)
    return try #require(head.signed(by: signer))
  }

  private func request(_ old: UInt64, _ new: UInt64, of tree: NaiveTree? = nil) throws -> WitnessRequest {
    let tree = tree ?? self.tree
    return WitnessRequest(
      oldSize: old, path: tree.consistency(from: old, to: new), checkpoint: try checkpoint(new, of: tree))
  }

  private func status(_ witness: Witness, _ request: WitnessRequest) -> Int {
    status(witness, Array(request.encoded.utf8))
  }

  private func status(_ witness: Witness, _ body: [UInt8]) -> Int {
    do throws(WitnessRefusal) {
      _ = try witness.add(body, at: 1_795_836_749)
      return 200
    } catch {
      return error.status
    }
  }

  /// Another history with the same beginning.
  private var fork: NaiveTree {
    NaiveTree(leaves: Array(tree.leaves[..<12]) + tree.leaves[12...].reversed())
  }

  @Test("cosign what begins with all that they cosigned, and say when; the signature is over the whole text")
  func cosignatures() throws {
    let witness = try witness()
    for (old, new) in [(0, 7), (7, 7), (7, 8), (8, 33), (33, 40)] as [(UInt64, UInt64)] {
      let request = try request(old, new)
      let line = try witness.add(Array(request.encoded.utf8), at: 1_795_836_749 + new)
      #expect(line.time == 1_795_836_749 + new && line.name == "witness.example/w1")
      var note = request.checkpoint
      note.signatures.append(line)
      #expect(try note.isSigned(by: cosigner.verifier) && note.isSigned(by: shop.verifier))
      let kept = try #require(try witness.checkpoint(in: WitnessState.name(of: "shop.example/log")))
      #expect(kept == note)
    }
    #expect(try witness.checkpoint(in: WitnessState.name(of: "other")) == nil)
  }

  @Test("answer with the statuses of the specification")
  func statuses() throws {
    let witness = try witness()
    #expect(status(witness, try request(0, 12)) == 200)
    let good = try request(12, 20)
    // 404: another log; 403: not signed with a key that is known, or wrongly.
    let stranger = try NoteSigner.generate(name: "other.example/log")
    var unknown = good
    unknown.checkpoint = try checkpoint(20, by: stranger)
    #expect(status(witness, unknown) == 404)
    unknown.checkpoint = try checkpoint(20, by: try NoteSigner.generate(name: "shop.example/log"))
    #expect(status(witness, unknown) == 403)
    let altered = good.encoded.replacing("\n20\n", with: "\n21\n")
    #expect(status(witness, Array(altered.utf8)) == 403)
    // 409: another size than the last; 400: more than the new one.
    #expect(throws: WitnessRefusal.self) { try witness.add(try request(0, 20), at: 1) }
    #expect { try witness.add(try request(11, 20), at: 1) } throws: {
      if case .otherSize(12)? = $0 as? WitnessRefusal { true } else { false }
    }
    var late = good
    late.oldSize = 21
    #expect(status(witness, late) == 400)
    // 422: another history, a proof that is none, one where none is due, an empty tree with a root.
    #expect(status(witness, try request(12, 20, of: fork)) == 200, "the fork begins with the same 12")
    var wrong = try request(20, 30, of: fork)
    wrong.path.append(.zero)
    #expect(status(witness, wrong) == 422)
    #expect(status(witness, try request(20, 30)) == 422)
    #expect(status(witness, try request(20, 20)) == 422, "as large, with another root")
    let empty = TreeHead(origin: "shop.example/log", size: 0, root: .zero, extent: nil)
    let second = try Witness(cosigner, logs: [shop.verifier], state: folder.path + "/second")
    var nothing = WitnessRequest(oldSize: 0, path: [], checkpoint: try #require(empty.signed(by: shop)))
    #expect(status(second, nothing) == 422)
    nothing.checkpoint = try checkpoint(0, of: NaiveTree(leaves: []))
    #expect(status(second, nothing) == 200)
    var early = try request(0, 5)
    early.path = [.zero]
    #expect(status(second, early) == 422)
    #expect(status(second, try request(0, 5)) == 200)
    // What was refused changed nothing.
    #expect(try witness.size(of: "shop.example/log") == 20 && second.size(of: "shop.example/log") == 5)
  }

  static let noRequests = [
    "", "old 1\n", "old 01\n\n", "new 1\n\n", "old 1\nx\n\n", "old -1\n\n", "old 1 \n\n", "old +1\n\n",
    "old 18446744073709551616\n\n", "\n\n", "old 1\n" + String(repeating: "AAAA\n", count: 64) + "\n",
    "old 1\n\nshop.example/log\n", "old 0\r\n\r\n",
  ]

  @Test("refuse what is no request", arguments: noRequests)
  func malformed(start: String) throws {
    let witness = try witness()
    #expect(status(witness, Array(start.utf8)) == 400)
    #expect(status(witness, Array((start + "shop.example/log\n").utf8)) == 400)
  }

  @Test("refuse, or take as it is, a request that was changed anywhere")
  func mutations() throws {
    let witness = try witness()
    let bytes = Array(try request(0, 12).encoded.utf8)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<400 {
      var altered = bytes
      altered[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
      if random.next() % 4 == 0 { altered.removeLast(Int(random.next() % UInt64(altered.count))) }
      #expect([400, 403, 404, 409, 422].contains(status(witness, altered)) || altered == bytes, "seed \(seed)")
    }
    #expect(try witness.size(of: "shop.example/log") == 0)
    #expect(status(witness, bytes) == 200)
  }

  @Test("remember through a restart, and do not begin anew where their memory is damaged")
  func memory() throws {
    do { #expect(status(try witness(), try request(0, 12)) == 200) }
    do {
      let again = try witness()
      #expect(status(again, try request(0, 20, of: fork)) == 409)
      #expect(status(again, try request(12, 20)) == 200)
    }
    let file = "\(state)/\(WitnessState.name(of: "shop.example/log"))/checkpoint"
    let bytes = try #require(try LocalFileSystem().contents(of: file, maximum: 1 << 16))
    let handle = try LocalFileSystem().open(file, .readWrite)
    try handle.truncate(to: bytes.count / 2)
    handle.close()
    let damaged = try witness()
    #expect(status(damaged, try request(0, 20, of: fork)) == 500)
    #expect(status(damaged, try request(20, 30)) == 500)
  }

  @Test("have their memory for themselves, one process at a time")
  func lock() throws {
    let first = try witness()
    #expect { _ = try witness() } throws: { if case .inUse? = $0 as? WitnessFailure { true } else { false } }
    _ = first
  }

  @Test("know a log by several keys, while a new one comes into use")
  func rotation() throws {
    let new = try NoteSigner.generate(name: "shop.example/log")
    let witness = try witness([shop.verifier, new.verifier])
    #expect(status(witness, try request(0, 12)) == 200)
    var second = try request(12, 20)
    second.checkpoint = try checkpoint(20, by: new)
    #expect(status(witness, second) == 200)
  }

  // MARK: The log's side

  /// Talks to an end.
  private func talk(_ witness: Witness, _ note: SignedNote, last: SignedNote?, of tree: NaiveTree) throws
    -> WitnessTalk.Outcome
  {
    var talk = try WitnessTalk(note, witness: cosigner.verifier, last: last)
    while talk.outcome == nil {
      let path = tree.consistency(from: talk.oldSize, to: talk.size)
      let request = WitnessRequest(oldSize: talk.oldSize, path: path, checkpoint: note)
      do throws(WitnessRefusal) {
        talk.take(status: 200, try witness.add(request, at: 5).line + "\n")
      } catch {
        if case .otherSize(let size) = error {
          talk.take(status: 409, "\(size)\n")
        } else {
          talk.take(status: error.status, error.description)
        }
      }
    }
    return try #require(talk.outcome)
  }

  @Test("are told from what they know, asked again with the size that they name, and never give two histories")
  func talks() throws {
    let witness = try witness()
    var first = try checkpoint(12)
    guard case .cosigned(let lines) = try talk(witness, first, last: nil, of: tree) else {
      Issue.record("the first is not cosigned")
      return
    }
    first.signatures += lines
    // From the size of the last one; from nothing, and then from what it names.
    for (size, last) in [(20, first), (30, nil)] as [(UInt64, SignedNote?)] {
      let outcome = try talk(witness, try checkpoint(size), last: last, of: tree)
      #expect(outcome.isCosigned, "\(outcome)")
    }
    let other = try talk(witness, try checkpoint(35, of: fork), last: nil, of: fork)
    #expect(other.otherHistory != nil, "\(other)")
    let older = try talk(witness, try checkpoint(20), last: nil, of: tree)
    #expect(older.otherHistory?.contains("older copy") == true, "\(older)")
  }

  @Test("may answer anything: only their own right cosignature is taken")
  func answers() throws {
    let note = try checkpoint(12)
    let right = try #require(cosigner.sign(Array(note.text.utf8), at: 7)).line
    let other = try #require(
      try NoteSigner.generate(name: "witness.example/w1", cosigns: true).sign(Array(note.text.utf8), at: 7)
    ).line
    let forged = try #require(cosigner.sign(Array("text\n".utf8), at: 7)).line
    func outcome(_ status: Int, _ body: String, _ key: NoteVerifier?) throws -> WitnessTalk.Outcome? {
      var talk = try WitnessTalk(note, witness: key, last: nil)
      talk.take(status: status, body)
      return talk.outcome
    }
    let key = cosigner.verifier
    #expect(try outcome(200, "\(other)\n\(right)\n", key) == .cosigned([try NoteSignature(line: right)]))
    for body in ["", "ok\n", other + "\n", forged + "\n", note.signatures[0].line + "\n"] {
      #expect(try outcome(200, body, key)?.isRefused == true, "\(body)")
    }
    #expect(try outcome(200, other + "\n", nil)?.isCosigned == true)
    for (status, body) in [(409, "x\n"), (409, ""), (500, "no"), (404, ""), (302, "")] {
      #expect(try outcome(status, body, key)?.isRefused == true, "\(status)")
    }
    // A witness that names another size each time.
    var talk = try WitnessTalk(note, witness: key, last: nil)
    for size in 1...3 { talk.take(status: 409, "\(size)\n") }
    #expect(talk.outcome?.isRefused == true)
  }

  @Test("a quorum is of different witnesses, and a cosignature that is wrong is none")
  func quorum() throws {
    var note = try checkpoint(12)
    let others = try (2...3).map { try NoteSigner.generate(name: "witness.example/w\($0)", cosigns: true) }
    let keys = [cosigner.verifier] + others.map(\.verifier)
    for signer in [cosigner, others[0]] {
      note.signatures.append(try #require(signer.sign(Array(note.text.utf8), at: 1_795_836_749)))
    }
    #expect(try WitnessQuorum(keys, least: 2).check(note).map(\.name) == ["witness.example/w1", "witness.example/w2"])
    #expect(throws: NoteFlaw.self) { try WitnessQuorum(keys).check(note) }
    #expect(throws: NoteFlaw.self) { try WitnessQuorum([keys[0], keys[0]], least: 2) }
    #expect(throws: NoteFlaw.self) { try WitnessQuorum([shop.verifier]) }
    #expect(try WitnessQuorum([]).check(note).isEmpty)
    var forged = note
    forged.signatures[1] = try #require(cosigner.sign(Array("text\n".utf8), at: 1))
    #expect(throws: NoteFlaw.self) { try WitnessQuorum(keys, least: 1).check(forged) }
  }

  @Test(
    "cosign so that Go's package, told what a cosignature is, opens the note",
    .enabled(if: GoPeer.shared != nil, "apt install golang-go golang-golang-x-mod-dev"))
  func goCosignatures() throws {
    let peer = try #require(GoPeer.shared)
    let request = try request(0, 12)
    var note = request.checkpoint
    note.signatures.append(try witness().add(request, at: 1_795_836_749))
    let keys = [shop.verifier.text, cosigner.verifier.text]
    #expect(try peer.run(["cosigned"] + keys, input: note.encoded).output == "2 at 1795836749\n")
    let forged = note.encoded.replacing("\n12\n", with: "\n13\n")
    #expect(try peer.run(["cosigned"] + keys, input: forged).status != 0)
    let line = try #require(cosigner.sign(Array("text\n".utf8), at: 9))
    note.signatures[1] = line
    #expect(try peer.run(["cosigned"] + keys, input: note.encoded).status != 0)
  }
}

extension WitnessTalk.Outcome {
  fileprivate var isCosigned: Bool { if case .cosigned = self { true } else { false } }
  fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
  fileprivate var otherHistory: String? { if case .otherHistory(let reason) = self { reason } else { nil } }
}
