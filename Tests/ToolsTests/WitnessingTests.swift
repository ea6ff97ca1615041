import TallyTestSupport
import Testing

@Suite("tally witness, and who asks for cosignatures", .timeLimit(.minutes(60)))
struct WitnessingTests {
  /// A witness that listens.
  private final class Service {
    let program: RunningProgram
    let url: String
    let key: String

    init(_ tally: Tool, _ name: String) throws {
      key = tally.directory.path + "/\(name).pub"
      program = try tally.start(
        "witness", "--key", "\(tally.directory.path)/\(name)", "--state", "\(tally.directory.path)/\(name).state",
        "--log-key", "\(tally.directory.path)/key.pub", "--listen", "127.0.0.1:0", "--json")
      let ready = try #require(program.nextLine(), "the witness does not start")
      let object = try #require(JSON.object(ready))
      url = "http://" + (try #require(object["http"] as? String))
    }

    /// As `--witness` takes it.
    var address: String { "\(url)=\(key)" }

    func end() -> RunningProgram.Ended {
      program.kill(15)
      return program.finish()
    }
  }

  private func shop() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=100")
    tally("reserve", "order-1", "tea=2")
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "key")).status == 0)
    for name in ["w1", "w2"] {
      let made = tally(
        "key", "generate", "--witness", "--origin", "witness.example/\(name)", "--out", path(tally, name))
      #expect(made.status == 0)
    }
    return tally
  }

  private func path(_ tally: Tool, _ name: String) -> String { tally.directory.path + "/" + name }

  private func check(_ tally: Tool, _ proof: String, _ witnesses: [String], _ quorum: Int?) -> RunningProgram.Ended {
    let options = witnesses.flatMap { ["--witness-key", path(tally, $0 + ".pub")] }
    return tally.end(
      [Tool.verify, "proof", proof, "--key", path(tally, "key.pub"), "--json"] + options
        + (quorum.map { ["--quorum", "\($0)"] } ?? []))
  }

  @Test("a checkpoint comes back cosigned, and proofs under it are checked for their witnesses")
  func cosigned() throws {
    let tally = shop()
    let (first, second) = (try Service(tally, "w1"), try Service(tally, "w2"))
    let one = tally("checkpoint", "--key", path(tally, "key"), "--witness", first.address)
    #expect(one.status == 0 && one.output.contains("\n— witness.example/w1 "), "\(one.errors)")
    tally("reserve", "order-2", "tea=1")
    let both = tally(
      "checkpoint", "--key", path(tally, "key"), "--witness", "\(first.address) \(second.address)")
    #expect(both.status == 0 && both.output.contains("witness.example/w1 "), "\(both.errors)")
    #expect(both.output.contains("witness.example/w2 "))
    #expect(tally("prove", "order-2", "--out", path(tally, "proof")).status == 0)
    let proof = path(tally, "proof")
    let proven = check(tally, proof, ["w1", "w2"], 2)
    let witnesses = try #require(proven.object["witnesses"] as? [[String: Any]])
    #expect(proven.status == 0 && witnesses.count == 2, "\(proven.errors)")
    #expect(witnesses.allSatisfy { ($0["time_ms"] as? Int ?? 0) > 1_700_000_000_000 })
    #expect(check(tally, proof, ["w1"], nil).status == 0)
    // One's signature alone is no quorum of two.
    let old = try tally.file("one", one.output)
    #expect(tally("prove", "--consistency", old, try tally.file("both", both.output), "--out", proof).status == 0)
    #expect(check(tally, proof, ["w1"], nil).status == 0)
    let refused = check(tally, proof, ["w1", "w2"], 2)
    #expect(refused.status == 1 && refused.errors.contains("cosigned by 1 of the 2"), "\(refused.errors)")
    #expect(check(tally, proof, ["w1", "w2"], 1).status == 0)
    let audit = [Tool.verify, tally.log, "--from-checkpoint", old, "--key", path(tally, "key.pub"), "--witness-key"]
    #expect(tally.end(audit + [path(tally, "w1.pub")]).status == 0)
    let lacking = tally.end(audit + [path(tally, "w2.pub")])
    #expect(lacking.status == 1 && lacking.errors.contains("0 of the 1"), "\(lacking.errors)")
    #expect(first.end().status == 0 && second.end().status == 0)
  }

  @Test("a shop with two histories gets a quorum of two witnesses for one of them only")
  func twoHistories() throws {
    let tally = shop()
    let (first, second) = (try Service(tally, "w1"), try Service(tally, "w2"))
    // Two copies of the log, of which one forgets an order, and a tree each.
    let forked = tally.shell(
      "cp -r shop.tally other.tally && $tally reserve order-2 tea=1 && $tally reserve order-3 tea=1 --log other.tally"
        + " && $tally reserve order-4 tea=1 --log other.tally")
    #expect(forked.status == 0, "\(forked.errors)")
    let honest = tally(
      "checkpoint", "--key", path(tally, "key"), "--witness", first.address, "--witness", second.address)
    #expect(honest.status == 0, "\(honest.errors)")
    let lie = tally(
      "checkpoint", "--key", path(tally, "key"), "--witness", first.address, "--witness", second.address, "--log",
      path(tally, "other.tally"))
    #expect(lie.status == 1 && lie.errors.contains("another history"), "\(lie.errors)")
    #expect(!lie.output.contains("witness.example"))
    let file = try tally.file("lie", lie.output)
    let audit = tally.end([
      Tool.verify, path(tally, "other.tally"), "--from-checkpoint", file, "--key", path(tally, "key.pub"),
      "--witness-key", path(tally, "w1.pub"), "--witness-key", path(tally, "w2.pub"), "--quorum", "1",
    ])
    #expect(audit.status == 1 && audit.errors.contains("0 of the 2"), "\(audit.errors)")
    // An older copy of the honest one is no other history, and gets nothing either.
    let back = tally.shell("rm -r other.tally/tree && mv shop.tally newer.tally && mv other.tally shop.tally")
    #expect(back.status == 0)
    #expect(tally("checkpoint", "--key", path(tally, "key"), "--witness", first.address).status == 1)
  }

  @Test("a witness remembers through SIGKILL what it answered")
  func killed() throws {
    let tally = shop()
    let first = try Service(tally, "w1")
    #expect(tally("checkpoint", "--key", path(tally, "key"), "--witness", first.address).status == 0)
    first.program.kill(9)
    _ = first.program.finish()
    let again = try Service(tally, "w1")
    tally("reserve", "order-2", "tea=1")
    #expect(tally("checkpoint", "--key", path(tally, "key"), "--witness", again.address).status == 0)
  }

  @Test("a witness that is not there, or is another, is said, and the checkpoint is printed without it")
  func missing() throws {
    let tally = shop()
    let service = try Service(tally, "w1")
    let gone = try Service(tally, "w2")
    let url = gone.url
    #expect(gone.end().status == 0)
    let answer = tally(
      "checkpoint", "--key", path(tally, "key"), "--witness", service.address, "--witness", "\(url)=\(gone.key)")
    #expect(answer.status == 74 && answer.output.contains("— witness.example/w1 "), "\(answer.errors)")
    #expect(answer.errors.contains("witness.example/w2 does not cosign"))
    let other = tally("checkpoint", "--key", path(tally, "key"), "--witness", "\(service.url)=\(gone.key)")
    #expect(other.status == 74 && other.errors.contains("no cosignature of the key"), "\(other.errors)")
    // Without a key whatever it answers is passed on.
    let unknown = tally("checkpoint", "--key", path(tally, "key"), "--witness", service.url)
    #expect(unknown.status == 0 && unknown.output.contains("witness.example/w1"))
    for address in ["nonsense", "ftp://x", "http://", "\(url)=nonsense", "\(url)=\(path(tally, "key.pub"))"] {
      let refused = tally("checkpoint", "--key", path(tally, "key"), "--witness", address)
      #expect(refused.status == 64, "\(address): \(refused.errors)")
    }
  }

  @Test("from cron a witness looks at a folder of tiles, and cosigns what continues what it saw")
  func once() throws {
    let tally = shop()
    let tiles = path(tally, "public")
    func cosign(_ folder: String) -> RunningProgram.Ended {
      tally(
        "witness", "--key", path(tally, "w1"), "--state", path(tally, "state"), "--log-key", path(tally, "key.pub"),
        "--once", folder)
    }
    #expect(cosign(tiles).status == 65)
    for order in 2..<6 {
      tally("reserve", "order-\(order)", "tea=1")
      #expect(tally("tiles", tiles, "--key", path(tally, "key")).status == 0)
      let cosigned = cosign(tiles)
      #expect(cosigned.status == 0 && cosigned.output.contains("— witness.example/w1 "), "\(cosigned.errors)")
      #expect(cosign(tiles).status == 0)
    }
    let forked = tally.shell(
      "cp -r public old && cp -r shop.tally other.tally && rm -r other.tally/tree && $tally reserve order-6 tea=1"
        + " && $tally tiles public --key key && $tally reserve order-7 tea=1 --log other.tally"
        + " && $tally reserve order-8 tea=1 --log other.tally && $tally tiles forged --key key --log other.tally")
    #expect(forked.status == 0, "\(forked.errors)")
    #expect(cosign(tiles).status == 0)
    for folder in ["old", "forged"] {
      let refused = cosign(path(tally, folder))
      #expect(refused.status == 1 && refused.output.isEmpty, "\(folder): \(refused.errors)")
    }
    #expect(cosign(path(tally, "nowhere")).status == 65)
  }

  @Test("what makes no sense is refused with the option that is meant")
  func refusals() throws {
    let tally = shop()
    let (key, log, state) = (path(tally, "w1"), path(tally, "key.pub"), path(tally, "state"))
    for (options, status, words) in [
      (["--key", key, "--state", state], 64, "--log-key"),
      (["--key", key, "--state", state, "--log-key", log], 64, "--listen"),
      (["--key", key, "--state", state, "--log-key", log, "--listen", "x", "--once", "y"], 64, "--once"),
      (["--key", key, "--state", state, "--log-key", log, "--listen", "nonsense"], 64, "HOST:PORT"),
      (["--key", path(tally, "key"), "--state", state, "--log-key", log, "--once", "x"], 65, "--witness"),
      (["--key", key, "--state", state, "--log-key", key + ".pub", "--once", "x"], 65, "--log-key"),
      (["--key", key, "--state", state, "--log-key", "nonsense", "--once", "x"], 65, "verifier key"),
      (["--key", key, "--state", path(tally, "no/such"), "--log-key", log, "--once", "x"], 74, "no/such"),
    ] as [([String], Int32, String)] {
      let refused = tally.run(["witness"] + options)
      #expect(refused.status == status && refused.errors.contains(words), "\(options): \(refused.errors)")
    }
    let taken = try Service(tally, "w1")
    let second = tally(
      "witness", "--key", key, "--state", path(tally, "w1.state"), "--log-key", log, "--listen", "127.0.0.1:0")
    #expect(second.status == 75, "\(second.errors)")
    #expect(taken.end().status == 0)
    #expect(tally("checkpoint", "--key", key).status == 65)
    let verify = [Tool.verify, "proof", log, "--key", log]
    #expect(tally.end(verify + ["--quorum", "1"]).status == 64)
    #expect(tally.end(verify + ["--witness-key", key + ".pub", "--quorum", "2"]).status == 64)
    #expect(tally.end([Tool.verify, tally.log, "--witness-key", key + ".pub"]).status == 64)
  }

  @Test("a server has its checkpoints cosigned, says so, and sells on while a witness is away")
  func serving() throws {
    let tally = shop()
    let first = try Service(tally, "w1")
    let server = try tally.start(
      "serve", "--resp", "127.0.0.1:0", "--sign", path(tally, "key"), "--checkpoint-every", "10ms", "--witness",
      first.address, "--log-format", "json")
    // It tells when the witness is gone; until then what it signs is cosigned.
    #expect(server.nextLine() != nil)
    server.kill(15)
    #expect(server.finish().status == 0)
    let kept = try String(decoding: tally.bytes(of: tally.log + "/tree/checkpoint"), as: UTF8.self)
    #expect(kept.contains("— witness.example/w1 "), "\(kept)")
    #expect(first.end().status == 0)
    let alone = try tally.start(
      "serve", "--resp", "127.0.0.1:0", "--sign", path(tally, "key"), "--checkpoint-every", "10ms", "--witness",
      first.address)
    alone.waitForErrors("does not cosign")
    alone.kill(15)
    #expect(alone.finish().status == 0)
    #expect(tally.verdict() == "proven")
  }

  @Test(
    "a checker written from the documents alone agrees about cosignatures",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func stranger() throws {
    let script = StrangerTests.script.replacing("verify.py", with: "proof.py")
    let tally = shop()
    let first = try Service(tally, "w1")
    #expect(tally("checkpoint", "--key", path(tally, "key"), "--witness", first.address).status == 0)
    let proof = path(tally, "proof")
    #expect(tally("prove", "order-1", "--out", proof).status == 0)
    func text(_ name: String) throws -> String {
      try String(decoding: tally.bytes(of: path(tally, name)), as: UTF8.self)
    }
    let keys = [try text("key.pub"), try text("w1.pub")]
    let agreed = tally.end(["python3", "-B", script, proof] + keys)
    #expect(agreed.status == 0, "\(agreed.output)\(agreed.errors)")
    #expect(tally.end(["python3", "-B", script, proof] + keys + [try text("w2.pub")]).status == 1)
    let bytes = try text("proof")
    let place = try #require(bytes.firstRange(of: "witness.example/w1 ")).upperBound
    var forged = Array(bytes.utf8)
    forged[bytes.utf8.distance(from: bytes.startIndex, to: place) + 30] ^= 1
    let file = try tally.file("forged", forged)
    #expect(tally.end(["python3", "-B", script, file] + keys).status != 0)
    #expect(check(tally, file, ["w1"], nil).status != 0)
  }
}
