import TallyProof
import TallyTestSupport
import TallyThreads
import Tallystick
import Testing

@testable import TallyServer

@Suite("A witness over HTTP")
struct WitnessServerTests {
  private let folder = TemporaryDirectory()
  private let shop: NoteSigner
  private let cosigner: NoteSigner

  init() throws {
    shop = try NoteSigner.generate(name: "shop.example/log")
    cosigner = try NoteSigner.generate(name: "witness.example/w1", cosigns: true)
  }

  private struct Served: HTTPAnswering {
    let server: WitnessServer
    var httpPort: Int {
      guard case .tcp(_, let port) = server.address else { return 0 }
      return port
    }
  }

  private func served(_ warnings: Monitor<[String]> = Monitor([])) throws -> Served {
    let witness = try Witness(cosigner, logs: [shop.verifier], state: folder.path + "/state")
    return Served(
      server: try WitnessServer(witness, on: .tcp(host: "127.0.0.1", port: 0)) { text in
        warnings.access { $0.append(text) }
      })
  }

  /// A tree whose leaves are numbered.
  private func tree(_ size: Int, first: UInt8 = 0) -> GrowingTree {
    var tree = GrowingTree()
    for leaf in 0..<size { tree.append(MerkleHash.leaf([leaf == 0 ? first : UInt8(leaf)])) }
    return tree
  }

  private func request(_ old: UInt64, _ tree: GrowingTree, path: [Digest] = []) throws -> String {
    let head = TreeHead(origin: "shop.example/log", size: tree.size, root: tree.root, extent: nil)
    return WitnessRequest(oldSize: old, path: path, checkpoint: try #require(head.signed(by: shop))).encoded
  }

  @Test("answers as the specification has it, with the size in a conflict and the line of the cosignature")
  func answers() async throws { try await onThread { try self.answersAsked() } }

  private func answersAsked() throws {
    let warnings = Monitor<[String]>([])
    let witness = try served(warnings)
    defer { witness.server.end() }
    func add(_ body: String) throws -> HTTPAnswer { try witness.ask("POST", "/add-checkpoint", body: body) }
    let first = try add(try request(0, tree(2)))
    #expect(first.status == 200 && first.body.hasPrefix("— witness.example/w1 ") && first.body.hasSuffix("\n"))
    let conflict = try add(try request(0, tree(3)))
    #expect(conflict.status == 409 && conflict.body == "2\n")
    #expect(conflict.head.lowercased().contains("content-type: text/x.tlog.size"))
    // From two leaves to three the third is the proof.
    let third = MerkleHash.leaf([2])
    #expect(try add(try request(2, tree(3, first: 9), path: [third])).status == 422)
    #expect(warnings.access { $0 }.count == 1)
    #expect(try add(try request(2, tree(3), path: [third])).status == 200)
    #expect(try add("nonsense").status == 400)
    #expect(try add(String(repeating: "x", count: 200_000)).status == 413)
    #expect(try witness.ask("GET", "/add-checkpoint").status == 404)
    #expect(try witness.ask("GET", "/").status == 404)
    let other = try #require(
      TreeHead(origin: "other", size: 0, root: MerkleHash.empty, extent: nil).signed(
        by: try NoteSigner.generate(name: "other")))
    #expect(try add(WitnessRequest(oldSize: 0, path: [], checkpoint: other).encoded).status == 404)
    let forged = try request(3, tree(3)).replacing("\n3\n", with: "\n4\n")
    #expect(try add(forged).status == 403)
  }

  @Test("shows what it cosigned last, with both signatures")
  func monitoring() async throws { try await onThread { try self.monitoringAsked() } }

  private func monitoringAsked() throws {
    let witness = try served()
    defer { witness.server.end() }
    var stream = DigestStream()
    Array("shop.example/log".utf8).withUnsafeBytes { stream.update($0) }
    let path = "/\(stream.digest)/checkpoint"
    #expect(try witness.ask("GET", path).status == 404)
    #expect(try witness.ask("POST", "/add-checkpoint", body: try request(0, tree(2))).status == 200)
    let answer = try witness.ask("GET", path)
    #expect(answer.status == 200)
    let note = try SignedNote(parsing: Array(answer.body.utf8))
    #expect(try note.isSigned(by: shop.verifier) && note.isSigned(by: cosigner.verifier))
  }

  @Test("of many logs' requests at once each is cosigned once, and only forward")
  func crowd() async throws { try await onThread { try self.crowdAsked() } }

  private func crowdAsked() throws {
    let witness = try served()
    defer { witness.server.end() }
    #expect(try witness.ask("POST", "/add-checkpoint", body: try request(0, tree(2))).status == 200)
    let body = try request(2, tree(3), path: [MerkleHash.leaf([2])])
    let statuses = Monitor<[Int]>([])
    for _ in 0..<8 {
      #expect(
        DedicatedThread.start {
          let status = (try? witness.ask("POST", "/add-checkpoint", body: body))?.status ?? 0
          statuses.signal { $0.append(status) }
        })
    }
    let _: Bool? = statuses.wait(timeout: 120_000) { $0.count == 8 ? true : nil }
    let found = statuses.access { $0 }
    #expect(found.count == 8 && found.count(where: { $0 == 200 }) == 1 && found.allSatisfy { [200, 409].contains($0) })
  }
}
