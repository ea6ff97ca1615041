import TallyTestSupport
import Testing

@Suite("tally-verify that remembers and certifies", .timeLimit(.minutes(60)))
struct RememberingTests {
  private func verify(_ tally: Tool, _ options: String...) -> RunningProgram.Ended {
    tally.end([Tool.verify, tally.log, "--json"] + options)
  }

  @Test("the second run begins where the first ended, and comes to what a whole one comes to")
  func remembers() throws {
    let tally = Tool.onShopWithKeys()
    let memory = tally.path("memory")
    let first = verify(tally, "--remember", memory, "--auditor-key", tally.path("auditor"))
    #expect(first.status == 0 && first.object["remembered_seq"] == nil, "\(first.errors)")
    let kept = try String(decoding: tally.bytes(of: memory + "/remembered"), as: UTF8.self)
    #expect(kept.hasPrefix("tallystick-audit/2\n") && kept.contains("\n— auditor.example "))
    tally("commit", "order-1")
    tally("reserve", "order-2", "tea=3")
    let second = verify(tally, "--remember", memory, "--auditor-key", tally.path("auditor"))
    let whole = verify(tally)
    #expect(second.object["remembered_seq"] as? Int == 3)
    for name in ["verdict", "last_seq", "events", "reservations", "state_digest", "head_hash", "min_available"] {
      #expect("\(second.object[name] ?? "")" == "\(whole.object[name] ?? "?")", "\(name)")
    }
    let wholly = verify(tally, "--remember", memory, "--auditor-key", tally.path("auditor"), "--check-remembered")
    #expect(wholly.status == 0, "\(wholly.errors)")
    let text = tally.end([Tool.verify, tally.log, "--remember", memory, "--auditor-key", tally.path("auditor")])
    #expect(text.status == 0 && text.output.contains("judged before"))
    // None, with which what is kept would be left unsigned, and another one.
    let unsigned = verify(tally, "--remember", memory)
    #expect(unsigned.status == 65 && unsigned.errors.contains("is signed by auditor.example"), "\(unsigned.errors)")
    #expect(verify(tally, "--remember", memory, "--auditor-key", tally.path("key")).status == 65)
    #expect(tally.shell("sed -i 's/^counts 2/counts 3/' memory/remembered").status == 0)
    let altered = verify(tally, "--remember", memory, "--auditor-key", tally.path("auditor"))
    #expect(altered.status == 65 && altered.errors.contains("remove the folder"), "\(altered.errors)")
  }

  @Test("a log that is not the one that was proven is inconsistent; one that is violated is not remembered")
  func rewritten() throws {
    let tally = Tool.onShopWithKeys()
    let memory = tally.path("memory")
    let copied = tally.shell("cp -r shop.tally old.tally")
    tally("reserve", "order-2", "tea=3")
    #expect(copied.status == 0 && verify(tally, "--remember", memory).status == 0)
    #expect(tally.shell("mv shop.tally new.tally && mv old.tally shop.tally").status == 0)
    let older = verify(tally, "--remember", memory)
    #expect(older.status == 1 && older.object["verdict"] as? String == "inconsistent")
    #expect(older.errors.contains("audit before"), "\(older.errors)")
    tally("reserve", "other", "tea=1")
    tally("reserve", "another", "tea=1")
    #expect(verify(tally, "--remember", memory).object["verdict"] as? String == "inconsistent")
    #expect(tally.shell("rm -r shop.tally && mv new.tally shop.tally").status == 0)
    #expect(verify(tally, "--remember", memory).status == 0)
  }

  @Test("a checkpoint that is older than the memory has the log judged from its beginning")
  func olderCheckpoint() throws {
    let tally = Tool.onShopWithKeys()
    let memory = tally.path("memory")
    let signed = try tally.file("first", tally("checkpoint", "--key", tally.path("key")).output)
    let plain = try tally.file("plain", tally("info", "--json").output)
    tally("reserve", "order-2", "tea=3")
    for checkpoint in [signed, plain] {
      #expect(verify(tally, "--remember", memory).status == 0)
      let again = verify(tally, "--remember", memory, "--from-checkpoint", checkpoint)
      #expect(again.status == 0 && again.object["remembered_seq"] == nil, "\(again.errors)")
      #expect(again.errors.contains("from its beginning"))
    }
    tally("reserve", "order-3", "tea=1")
    let newer = try tally.file("newer", tally("checkpoint", "--key", tally.path("key")).output)
    tally("reserve", "order-4", "tea=1")
    #expect(verify(tally, "--remember", memory, "--from-checkpoint", newer).object["remembered_seq"] as? Int == 4)
  }

  @Test("a certificate says what was judged, against what and by whom, and is refused when a letter is changed")
  func certificates() throws {
    let tally = Tool.onShopWithKeys()
    let checkpoint = try tally.file("first", tally("checkpoint", "--key", tally.path("key")).output)
    let certificate = tally.path("certificate")
    let made = verify(
      tally, "--from-checkpoint", checkpoint, "--certificate", certificate, "--auditor-key", tally.path("auditor"))
    #expect(made.status == 0, "\(made.errors)")
    func check(_ file: String, _ key: String = "auditor.pub") -> RunningProgram.Ended {
      tally.end([Tool.verify, "certificate", file, "--key", tally.path(key), "--json"])
    }
    let checked = check(certificate)
    #expect(checked.status == 0 && checked.object["verdict"] as? String == "proven", "\(checked.errors)")
    #expect(checked.object["last_seq"] as? Int == 3 && checked.object["program"] as? String == "tally-verify")
    let against = try #require(checked.object["checkpoint"] as? [String: Any])
    #expect(against["origin"] as? String == "shop.example/log" && against["frames"] as? Int != nil)
    let people = tally.end([Tool.verify, "certificate", certificate, "--key", tally.path("auditor.pub")])
    #expect(people.output.hasPrefix("PROVEN: auditor.example certifies it of log "))
    let text = try String(decoding: tally.bytes(of: certificate), as: UTF8.self)
    #expect(check(try tally.file("altered", text.replacing("\"last_seq\":3", with: "\"last_seq\":4"))).status == 1)
    #expect(check(certificate, "key.pub").status == 1)
    #expect(check(try tally.file("none", "{}")).status == 65 && check(tally.path("nowhere")).status == 74)
    // Without a key it is JSON, which nobody certifies.
    #expect(verify(tally, "--certificate", certificate).status == 0)
    let plain = try String(decoding: tally.bytes(of: certificate), as: UTF8.self)
    #expect(JSON.object(plain)?["checkpoint"] is any Any && check(certificate).status == 1)
    // What is not proven is certified as that.
    #expect(
      tally.shell("printf x | dd of=shop.tally/segments/00000000000000000001.lz4 bs=1 seek=300 conv=notrunc").status
        == 0)
    #expect(verify(tally, "--certificate", certificate, "--auditor-key", tally.path("auditor")).status == 65)
    let damaged = check(certificate)
    #expect(damaged.status == 1 && damaged.object["verdict"] as? String == "damaged")
  }

  @Test("tiles of the tree that was signed tell the first frame that differs")
  func firstDifference() throws {
    let tally = Tool.onShopWithKeys()
    for order in 2..<9 { tally("reserve", "order-\(order)", "tea=1") }
    let checkpoint = try tally.file("first", tally("checkpoint", "--key", tally.path("key")).output)
    let made = tally.shell(
      """
      $tally tiles tiles --log shop.tally && mv shop.tally honest.tally && $tally init --log shop.tally > /dev/null
      for order in 1 2 3 4 5 6 7 8 9; do $tally receive tea=100 --log shop.tally > /dev/null; done
      """)
    #expect(made.status == 0, "\(made.errors)")
    // A log of another identity differs from its first frame on.
    let options = ["--from-checkpoint", checkpoint, "--key", tally.path("key.pub"), "--tiles", tally.path("tiles")]
    let found = tally.end([Tool.verify, tally.log, "--json"] + options)
    let contradiction = try #require((found.object["contradictions"] as? [[String: Any]])?.first)
    #expect(found.status == 1 && contradiction["frame"] as? Int == 0, "\(found.output)")
    #expect(tally.end([Tool.verify, tally.path("honest.tally")] + options).status == 0)
    #expect(tally.shell("rm tiles/tile/entries/000.p/*; rm tiles/tile/0/000.p/*").status == 0)
    #expect(tally.end([Tool.verify, tally.log] + options).status == 65)
    #expect(tally.end([Tool.verify, tally.log, "--tiles", tally.path("tiles")]).status == 64)
  }

  @Test("options that need another are refused without it")
  func refusals() throws {
    let tally = Tool.onShopWithKeys()
    #expect(verify(tally, "--auditor-key", tally.path("auditor")).status == 64)
    #expect(verify(tally, "--remember", "").status == 64)
    #expect(verify(tally, "--check-remembered").status == 64)
    #expect(verify(tally, "--remember", tally.path("no/such")).status == 74)
    #expect(verify(tally, "--remember", tally.path("m"), "--auditor-key", tally.path("nowhere")).status == 74)
    #expect(verify(tally, "--remember", tally.path("m"), "--auditor-key", tally.path("auditor.pub")).status == 65)
  }
}
