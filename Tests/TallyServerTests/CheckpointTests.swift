import TallyProof
import TallyTestSupport
import TallyThreads
import Tallystick
import Testing

@testable import TallyServer

@Suite("The checkpoints that a server signs")
struct CheckpointTests {
  private static let patience = 120_000.0
  private let keys = TemporaryDirectory()

  private func key(_ name: String, origin: String = "shop.example/log") throws -> NoteVerifier {
    let signer = try NoteSigner.generate(name: origin)
    try TestFile.write(signer.text + "\n", to: keys.path + "/" + name)
    return signer.verifier
  }

  private func signer(of shop: Shop, _ name: String = "key", _ warnings: Monitor<[String]> = Monitor([])) throws
    -> CheckpointSigner
  {
    var signing = CheckpointSigning(key: keys.path + "/" + name)
    signing.interval = .milliseconds(1)
    let log = shop.log
    return try CheckpointSigner(
      path: shop.path, signing, lastDurable: { log.lastSequence }, warn: { text in warnings.access { $0.append(text) } }
    )
  }

  @Test("follow the log, and each begins with the one before")
  func growth() throws {
    let verifier = try key("key")
    let shop = try Shop()
    let client = try shop.stockedClient()
    let signer = try signer(of: shop)
    #expect(signer.start())
    var seen = [TreeHead]()
    for number in 1...20 {
      _ = try client("STOCK.RESERVE", "o\(number)", "tea", "1")
      let last = shop.log.lastSequence
      #expect(signer.wait(atMost: Self.patience) { $0.lastSequence >= last })
      let note = try #require(signer.findings.note)
      #expect(try note.isSigned(by: verifier))
      seen.append(try TreeHead(parsing: note.text))
    }
    signer.end()
    #expect(try shop.closeAndAudit().verdict == .proven)
    signer.signLast(atMost: .seconds(10))
    let log = try SignedLog(LogDirectory(shop.path))
    try log.grow()
    // The last one covers the frame that closes the log.
    #expect(signer.findings.frames == log.tree.size)
    #expect(try log.lastCheckpoint() == signer.findings.note)
    for head in seen { #expect(try log.tree.root(of: head.size) == head.root) }
    let text = signer.findings.text(last: shop.log.lastSequence)
    #expect(text.contains("tallystick_checkpoint_lag 0\n") && text.contains("tallystick_checkpoint_refused 0\n"))
  }

  @Test("are not signed of a log that contradicts the last one, and are again when it is mended")
  func contradiction() throws {
    _ = try key("key")
    let shop = try Shop()
    let client = try shop.stockedClient()
    // Of a log with the same name that had other frames.
    let other = try #require(
      TreeHead(origin: "shop.example/log", size: 1, root: .zero, extent: nil).signed(
        by: try NoteSigner.generate(name: "shop.example/log")))
    let tree = shop.path + "/tree"
    do { try SignedLog(LogDirectory(shop.path)).keep(other) }
    let warnings = Monitor<[String]>([])
    let signer = try signer(of: shop, "key", warnings)
    #expect(signer.start())
    #expect(signer.wait(atMost: Self.patience) { $0.failures > 2 && $0.alarm != nil })
    #expect(signer.findings.note == nil && signer.findings.alarm?.contains("two histories") == true)
    #expect(signer.findings.text(last: 3).contains("tallystick_checkpoint_refused 1\n"))
    #expect(warnings.access { $0 }.count == 1)
    try LocalFileSystem().remove(tree + "/checkpoint")
    _ = try client("STOCK.RESERVE", "o1", "tea", "1")
    #expect(signer.wait(atMost: Self.patience) { $0.note != nil && $0.alarm == nil && $0.failure == nil })
    signer.end()
  }

  @Test("have another key's signature after it was read again, and the old one's while the new one is none")
  func rotation() throws {
    let old = try key("key")
    let shop = try Shop()
    _ = try shop.stockedClient()
    let signer = try signer(of: shop)
    #expect(signer.start())
    #expect(signer.wait(atMost: Self.patience) { $0.note != nil })
    try TestFile.write("nonsense", to: keys.path + "/key")
    #expect(throws: ServerFailure.self) { try signer.reload() }
    #expect(try signer.findings.note?.isSigned(by: old) == true)
    let new = try key("key")
    try signer.reload()
    #expect(signer.wait(atMost: Self.patience) { (try? $0.note?.isSigned(by: new)) == true })
    signer.end()
  }

  @Test("are handed out over HTTP, and the last one is signed when the server has ended")
  func serving() throws {
    let verifier = try key("key")
    let shop = try ServingProgram(["--sign", keys.path + "/key", "--checkpoint-every", "10ms"], http: true)
    _ = try shop.post(#"{"op":"receive","lines":[{"sku":"tea","qty":9}],"key":"po"}"#)
    var answer = try shop.ask("GET", "/v1/checkpoint")
    while answer.status == 404 || !answer.body.contains(" 2\n\n") { answer = try shop.ask("GET", "/v1/checkpoint") }
    #expect(answer.status == 200 && answer.head.lowercased().contains("content-type: text/plain"))
    #expect(try SignedNote(parsing: Array(answer.body.utf8)).isSigned(by: verifier))
    #expect(try shop.ask("GET", "/metrics").body.contains("tallystick_checkpoint_last_sequence 2\n"))
    #expect(try shop.ask("GET", "/readyz").status == 200)
    #expect(try shop.ask("GET", "/v1/checkpoint?x=1").status == 400)
    let refused = try shop.ask("POST", "/v1/checkpoint")
    #expect(refused.status == 405 && refused.body.contains("GET"))
    _ = try shop.post(#"{"op":"reserve","id":"o1","lines":[{"sku":"tea","qty":2}]}"#)
    #expect(shop.end().status == 0)
    let kept = try SignedLog(LogDirectory(shop.log))
    try kept.grow()
    let last = try TreeHead(parsing: try #require(try kept.lastCheckpoint()).text)
    #expect(last.extent?.lastSequence == 3 && last.size == kept.tree.size)
  }

  @Test("are not there without a key, and a key that is none is refused at the start")
  func refusals() throws {
    let shop = try ServingProgram(http: true)
    let answer = try shop.ask("GET", "/v1/checkpoint")
    #expect(answer.status == 404 && answer.body.contains("--sign"))
    #expect(answer.head.contains("application/problem+json"))
    #expect(try !shop.ask("GET", "/metrics").body.contains("tallystick_checkpoint"))
    shop.kill()
    try TestFile.write(try NoteSigner.generate(name: "witness", cosigns: true).text, to: keys.path + "/witness")
    try TestFile.write("nonsense", to: keys.path + "/nonsense")
    for (options, status, words) in [
      (["--sign", keys.path + "/none"], 65, "tally key generate"),
      (["--sign", keys.path + "/nonsense"], 65, "secret key"),
      (["--sign", keys.path + "/witness"], 65, "witness"), (["--sign", ""], 64, "--sign"),
      (["--checkpoint-every", "0s"], 64, "--checkpoint-every"),
    ] as [([String], Int32, String)] {
      let ended = try #require(
        RunningProgram([ChildProcess.built("tally"), "serve", "--log", shop.log, "--resp", "127.0.0.1:0"] + options)
      ).finish()
      #expect(ended.status == status && ended.errors.contains(words), "\(options): \(ended.errors)")
    }
  }
}
