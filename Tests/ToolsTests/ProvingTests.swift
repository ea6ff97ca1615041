import TallyTestSupport
import Testing

@Suite("tally key, checkpoint, prove and tiles, and tally-verify", .timeLimit(.minutes(60)))
struct ProvingTests {
  private func shop() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=100", "cup@berlin=20")
    tally("reserve", "order-1", "tea=2", "cup@berlin=1")
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "key")).status == 0)
    return tally
  }

  private func path(_ tally: Tool, _ name: String) -> String { tally.directory.path + "/" + name }

  private func checkpoint(_ tally: Tool, _ name: String, key: String = "key") throws -> String {
    let signed = tally("checkpoint", "--key", path(tally, key))
    #expect(signed.status == 0, "\(signed.errors)")
    return try tally.file(name, signed.output)
  }

  private func check(_ tally: Tool, _ proof: String, key: String = "key.pub") -> RunningProgram.Ended {
    tally.check(proof: proof, key: path(tally, key))
  }

  @Test("a checkpoint has origin, frames, root, log and last event, and a signature; the key is its owner's alone")
  func checkpoints() throws {
    let tally = shop()
    let lines = tally("checkpoint", "--key", path(tally, "key")).output.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "shop.example/log" && lines[1] == "4" && lines[2].count == 44)
    let log = try #require(tally("info", "--json").object["log"] as? String)
    #expect(lines[3] == "tallystick \(log) 4" && lines[4].isEmpty && lines[5].hasPrefix("— shop.example/log "))
    #expect(tally.shell("stat -c %a key key.pub").lines == ["600", "644"])
    let again = tally("key", "generate", "--origin", "x", "--out", path(tally, "key"))
    #expect(again.status == 64 && again.errors.contains("never overwritten"))
    #expect(tally("key", "generate", "--origin", "a b", "--out", path(tally, "other")).status == 64)
    #expect(tally("checkpoint", "--key", path(tally, "key.pub")).status == 65)
    #expect(tally("checkpoint", "--key", path(tally, "nothing")).status == 74)
    let json = tally("checkpoint", "--key", path(tally, "key"), "--json").object
    #expect(json["frames"] as? Int == 4 && json["last_seq"] as? Int == 4)
  }

  @Test("a tree that has rotted is named and made again from the log, and the proof holds")
  func rotten() throws {
    let tally = shop()
    _ = try checkpoint(tally, "first")
    // In the hash of the frame beside the order's.
    let rot = "printf x | dd of=$(echo shop.tally/tree/tile/0/000.p/*) bs=1 seek=100 conv=notrunc status=none"
    #expect(tally.shell(rot).status == 0)
    let made = tally("prove", "order-1", "--out", path(tally, "proof"))
    #expect(made.status == 0 && made.says("tile/0/000.p/", "it is derived, and is made again"), "\(made.errors)")
    #expect(check(tally, path(tally, "proof")).status == 0)
    #expect(tally("prove", "order-1", "--out", path(tally, "proof")).errors.isEmpty)
    // Who signs is told, and does it again.
    #expect(tally.shell(rot).status == 0)
    tally("reserve", "order-2", "tea=1")
    let refused = tally("checkpoint", "--key", path(tally, "key"))
    #expect(refused.status == 65 && refused.says("the log is not", "tile/0/000.p/", "do this again"))
    #expect(tally("checkpoint", "--key", path(tally, "key")).status == 0)
  }

  @Test("a proof under a checkpoint that there is writes nothing beside the log")
  func writesNothing() throws {
    let tally = shop()
    _ = try checkpoint(tally, "first")
    let files = "find shop.tally -printf '%p %s %T@ %i\\n' | sort"
    let before = tally.shell(files).output
    #expect(tally.shell("rm shop.tally/tree/tree-lock").status == 0)
    let without = before.split(separator: "\n").filter {
      !$0.contains("tree-lock") && !$0.hasPrefix("shop.tally/tree ")
    }
    #expect(tally("prove", "order-1", "--out", path(tally, "proof")).status == 0)
    #expect(tally("prove", "--consistency", path(tally, "first"), path(tally, "first")).status == 0)
    #expect(tally("prove", "--stock", "tea").status == 0)
    let after = tally.shell(files).output.split(separator: "\n").filter { !$0.hasPrefix("shop.tally/tree ") }
    #expect(after == without)
  }

  @Test("a proof shows offline that a reservation stands, and does not when a letter of it is changed")
  func reservations() throws {
    let tally = shop()
    #expect(tally("prove", "order-1").errors.contains("tally checkpoint --key"))
    _ = try checkpoint(tally, "first")
    let made = tally("prove", "order-1", "--out", path(tally, "proof"))
    #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
    let proven = check(tally, path(tally, "proof"))
    #expect(proven.status == 0)
    #expect(proven.object["verdict"] as? String == "proven" && proven.object["seq"] as? Int == 4)
    #expect(proven.object["id"] as? String == "order-1")
    let proof = try String(decoding: tally.bytes(of: path(tally, "proof")), as: UTF8.self)
    let forgeries = [
      proof.replacing("order-1", with: "order-2"), proof.replacing("\"seq\":4", with: "\"seq\":3"),
      proof.replacing("\\n4\\n", with: "\\n5\\n"), proof.replacing("\"number\":2", with: "\"number\":1"),
      proof.replacing("\"path\":[\"", with: "\"path\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\""),
    ]
    for (number, forgery) in forgeries.enumerated() {
      #expect(forgery != proof)
      let answer = check(tally, try tally.file("forged", forgery))
      #expect(answer.status == 1 && answer.object["verdict"] as? String == "inconsistent", "forgery \(number)")
    }
    for text in [
      "", "{}", "{\"type\":\"x\"}", String(proof.dropLast(40)), proof.replacing("\"bytes\":\"", with: "\"bytes\":\"!"),
    ] {
      #expect(check(tally, try tally.file("none", text)).status == 65)
    }
    #expect(tally("key", "generate", "--origin", "shop.example/log", "--out", path(tally, "other")).status == 0)
    #expect(check(tally, path(tally, "proof"), key: "other.pub").status == 1)
    // What came after the checkpoint is not under it.
    tally("reserve", "order-2", "tea=1")
    let early = tally("prove", "order-2")
    #expect(early.status == 1 && early.errors.contains("newer checkpoint"))
    #expect(tally("prove", "order-2", "--key", path(tally, "key"), "--out", path(tally, "second")).status == 0)
    #expect(check(tally, path(tally, "second")).status == 0)
    #expect(tally("prove", "nobody").status == 1)
  }

  @Test("a later log is proven to begin with an earlier one; the auditor finds the earlier checkpoint in it")
  func consistency() throws {
    let tally = shop()
    let first = try checkpoint(tally, "first")
    for order in 0..<30 { tally("reserve", "more-\(order)", "tea=1") }
    let second = try checkpoint(tally, "second")
    #expect(tally("prove", "--consistency", first, second, "--out", path(tally, "proof")).status == 0)
    let proven = check(tally, path(tally, "proof"))
    #expect(proven.status == 0 && proven.object["old_frames"] as? Int == 4)
    #expect(tally("prove", "--consistency", second, first).status == 1)
    for checkpoint in [first, second] {
      let audit = tally.end([
        Tool.verify, tally.log, "--from-checkpoint", checkpoint, "--key", path(tally, "key.pub"), "--json",
      ])
      #expect(audit.status == 0 && audit.object["verdict"] as? String == "proven", "\(audit.errors)")
    }
    let altered = try String(decoding: tally.bytes(of: first), as: UTF8.self).replacing("\n4\n", with: "\n3\n")
    let file = try tally.file("altered", altered)
    #expect(
      tally.end([Tool.verify, tally.log, "--from-checkpoint", file, "--key", path(tally, "key.pub")]).status == 1)
    // Without a key only the history is compared.
    #expect(
      tally.end([Tool.verify, tally.log, "--from-checkpoint", file, "--json"]).object["verdict"] as? String
        == "inconsistent")
  }

  @Test("who rewrites the past is found out by yesterday's checkpoint, and gets no new one from the same key")
  func rewritten() throws {
    let tally = shop()
    let first = try checkpoint(tally, "first")
    // Another log in its place, with the same sale but for one order, and the tree deleted.
    let copied = tally.shell(
      "mv shop.tally old.tally && $tally init --log shop.tally && $tally receive tea=100 --log shop.tally"
        + " && $tally reserve order-9 tea=2 --log shop.tally && cp -r old.tally/tree shop.tally/tree")
    #expect(copied.status == 0, "\(copied.errors)")
    let audit = tally.end([Tool.verify, tally.log, "--from-checkpoint", first, "--json"])
    #expect(audit.status == 1 && audit.object["verdict"] as? String == "inconsistent")
    #expect(tally("checkpoint", "--key", path(tally, "key")).status == 1)
    // The same log cut back to an older copy.
    let back = tally.shell(
      "rm -r shop.tally && cp -r old.tally shop.tally && $tally reserve order-2 tea=1 --log old.tally"
        + " && $tally checkpoint --key key --log old.tally > second && rm -r shop.tally/tree && cp -r old.tally/tree shop.tally/tree"
    )
    #expect(back.status == 0, "\(back.errors)")
    let refused = tally("checkpoint", "--key", path(tally, "key"))
    #expect(refused.status == 1 && refused.errors.contains("older copy"), "\(refused.errors)")
    let short = tally.end([Tool.verify, tally.log, "--from-checkpoint", path(tally, "second"), "--json"])
    #expect(short.object["verdict"] as? String == "inconsistent")
  }

  @Test("tiles are written for monitors, and added to; an older checkpoint does not take them back")
  func tiles() throws {
    let tally = shop()
    #expect(tally("tiles", path(tally, "public")).status == 1)
    let first = try checkpoint(tally, "first")
    #expect(tally("tiles", path(tally, "public")).status == 0)
    #expect(try tally.bytes(of: path(tally, "public/checkpoint")) == tally.bytes(of: first))
    #expect(try tally.bytes(of: path(tally, "public/tile/0/000.p/4")).count == 128)
    tally("reserve", "order-2", "tea=1")
    #expect(tally("tiles", path(tally, "public"), "--key", path(tally, "key"), "--json").object["frames"] as? Int == 6)
    #expect(tally.shell("cp first shop.tally/tree/checkpoint").status == 0)
    #expect(tally("tiles", path(tally, "public")).status == 1)
  }

  @Test(
    "a checker written from the documents alone agrees, on proofs and on what is none",
    .enabled(if: StrangerTests.canRun, "python3 or liblz4 is missing"))
  func stranger() throws {
    let tally = shop()
    let first = try checkpoint(tally, "first")
    for order in 0..<13 { tally("reserve", "more-\(order)", "tea=1") }
    let second = try checkpoint(tally, "second")
    var proofs = [String]()
    for arguments in [
      ["order-1"], ["more-12"], ["more-3"], ["--consistency", first, second], ["--consistency", first, first],
    ] {
      let made = tally.run(["prove"] + arguments)
      #expect(made.status == 0, "\(made.errors)")
      proofs += ProofStranger.variants(of: made.output, from: 7, every: 61)
    }
    let proven = try ProofStranger.judge(proofs, of: tally, key: path(tally, "key.pub"))
    #expect(proven >= 5 && proven < proofs.count / 4)
  }

  @Test("the folder of the tree disturbs nobody, and can be deleted")
  func derived() throws {
    let tally = shop()
    _ = try checkpoint(tally, "first")
    #expect(tally.verdict() == "proven")
    #expect(tally("backup", path(tally, "copy")).status == 0)
    #expect(tally.shell("rm -r shop.tally/tree").status == 0)
    let again = try checkpoint(tally, "again")
    #expect(try tally.bytes(of: again).prefix(100) == tally.bytes(of: path(tally, "first")).prefix(100))
  }
}
