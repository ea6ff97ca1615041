import Foundation
import TallyTestSupport
import Testing

@Suite("Real disks that refuse", .timeLimit(.minutes(60)))
struct DiskTests {
  /// Whether this machine lets us mount: as root, outside most containers.
  static let canMount =
    RunningProgram(["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m tally /mnt"])?.finish().status == 0
  static let mayBecomeNobody =
    RunningProgram(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "true"])?.finish().status == 0

  /// A script in a mount namespace of its own, with a small disk at `m`.
  private func onSmallDisk(_ tally: Tool, _ size: String, _ script: String) -> RunningProgram.Ended {
    tally.end([
      "unshare", "-m", "bash", "-c",
      """
      tally='\(Tool.tally)' verify='\(Tool.verify)'; cd '\(tally.directory.path)' && mkdir m || exit 99
      mount -t tmpfs -o size=\(size) tally m || exit 98
      export TALLY_LOG=$PWD/m/shop.tally
      \(script)
      """,
    ])
  }

  private func ended(_ tally: Tool, _ name: String, status: Int32) throws -> RunningProgram.Ended {
    func text(_ file: String) throws -> String {
      String(decoding: try tally.bytes(of: tally.directory.path + "/" + file), as: UTF8.self)
    }
    return RunningProgram.Ended(status: status, output: try text(name), errors: try text("\(name).errors"))
  }

  @Test(
    "a full disk ends a load with 74; nothing acknowledged is lost, and with more room it goes on",
    .enabled(if: canMount))
  func full() throws {
    let tally = Tool()
    var load = Load(8000, seed: 1)
    _ = try tally.file("load.jsonl", load.text)
    let script = onSmallDisk(
      tally, "256k",
      """
      $tally init >&2 || exit 1
      # Through a pipe it comes in many frames.
      cat load.jsonl | $tally append >answers 2>answers.errors; echo append $?
      $verify $TALLY_LOG --json >audit; echo verify $?
      $tally stock --json >/dev/null; echo stock $?
      head -c 200k /dev/zero >m/filler 2>/dev/null
      $tally init --log m/other 2>init.errors; echo init $?
      $tally snapshot rebuild 2>snapshot.errors >&2; echo snapshot $?
      $tally backup m/backup 2>backup.errors >&2; echo backup $?
      $tally export --format jsonl m/x 2>export.errors >&2; echo export $?
      $tally export --format sqlite m/y 2>sqlite.errors >&2; echo sqlite $?
      ls m m/shop.tally/* | grep -e partial -e next
      $verify $TALLY_LOG >/dev/null; echo verify $?
      rm m/filler; mount -o remount,size=64m m
      $tally init --log m/other >/dev/null; echo init $?
      cp -r m/shop.tally .
      """)
    #expect(
      script.lines == [
        "append 74", "verify 0", "stock 0", "init 74", "snapshot 74", "backup 74", "export 74", "sqlite 74",
        "next-segment",
        "verify 0", "init 0",
      ]
        || script.lines == [
          "append 74", "verify 0", "stock 0", "init 74", "snapshot 74", "backup 74", "export 74", "sqlite 74",
          "verify 0",
          "init 0",
        ], "\(script)")
    let append = try ended(tally, "answers", status: 74)
    #expect(append.says("No space left on device", "run it again", "accepted", "last event"), "\(append.errors)")
    for name in ["init", "snapshot", "backup", "export"] {
      let errors = String(decoding: try tally.bytes(of: tally.directory.path + "/\(name).errors"), as: UTF8.self)
      #expect(errors.contains("No space left on device; make room"), "\(name): \(errors)")
    }
    load.note(append)
    #expect(load.acknowledged.count > 1000 && load.acknowledged.count < load.count)
    load.complete(on: tally)
  }

  @Test("a limit on file sizes is an error, not a death", arguments: [65, 100])
  func fileSizeLimit(kibibytes: Int) throws {
    let tally = Tool.onNewLog()
    var load = Load(3000, seed: 2)
    _ = try tally.file("load.jsonl", load.text)
    // The limit is the tools' alone, not the answers'.
    let script = tally.shell(
      """
      (ulimit -f \(kibibytes); cat load.jsonl | $tally append 2>answers.errors; echo $? >&3) 3>code | cat >answers
      cat code; ulimit -f \(kibibytes); $verify shop.tally >/dev/null; echo $?
      """)
    #expect(script.lines == ["74", "0"])
    let append = try ended(tally, "answers", status: 74)
    #expect(append.says("File too large", "run it again"), "\(append.errors)")
    load.note(append)
    load.complete(on: tally)
    for command in [
      "$tally init --log z", "$tally export --format jsonl x", "$tally export --format sqlite y",
      "$tally snapshot rebuild",
      "$verify shop.tally --report r.html", "$tally backup b",
    ] {
      let result = tally.shell("ulimit -f 1; \(command) >/dev/null")
      #expect(result.status == 74 && !result.errors.isEmpty, "\(command): \(result)")
    }
    #expect(tally.verdict() == "proven")
  }

  @Test("too few file descriptors are an error that says so; what was acknowledged is there")
  func fewDescriptors() {
    let tally = Tool.onNewLog("--segment-size", "64KiB", "--snapshot-every", "100")
    var received = 0
    for limit in 4...16 {
      let result = tally.shell("ulimit -n \(limit); exec $tally receive tea=1")
      if result.status == 0 { received += 1 }
      #expect(
        result.status == 0 || result.status == 74 && result.says("Too many open files", "ulimit -n"),
        "\(limit): \(result)")
      let audit = tally.shell("ulimit -n \(limit); exec $verify shop.tally --json")
      #expect(
        audit.status == 0 || audit.status == 74 && audit.errors.contains("Too many open files"), "\(limit): \(audit)")
    }
    #expect(received > 5 && tally.onHand("tea") == received && tally.verdict() == "proven")
  }

  @Test("on a read-only file system questions are answered and writes refused with 74", .enabled(if: canMount))
  func readOnly() throws {
    let tally = Tool()
    let script = onSmallDisk(
      tally, "8m",
      """
      $tally init >&2 && $tally receive tea=5 >&2 || exit 1
      mount -o remount,ro m
      for question in stock info events 'snapshot list' 'repair --dry-run'; do $tally $question >/dev/null || echo $question $?; done
      $verify $TALLY_LOG >/dev/null || echo verify $?
      for write in 'receive tea=1' append 'snapshot rebuild' 'repair --truncate-torn-tail' 'init --log m/x' 'backup m/b' \
        'export --format csv m/x'; do
        $tally $write </dev/null 2>>errors; [ $? = 74 ] || echo $write
      done
      """)
    #expect(script.status == 0 && script.output.isEmpty, "\(script)")
    let errors = String(decoding: try tally.bytes(of: tally.directory.path + "/errors"), as: UTF8.self)
    let lines = errors.split(separator: "\n")
    #expect(lines.count == 7 && lines.allSatisfy { $0.contains("Read-only file system; ") }, "\(errors)")
  }

  @Test("without permission every command says what it may not do, with 74", .enabled(if: mayBecomeNobody))
  func noPermission() {
    let tally = Tool.onNewLog()
    tally("receive", "tea=5")
    let script = tally.shell(
      """
      chmod 755 .; cp $tally tally; cp $verify verify
      nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env LD_LIBRARY_PATH="$LD_LIBRARY_PATH" "$@"; }
      nobody ./tally stock --json
      nobody ./verify shop.tally >/dev/null || echo verify $?
      for write in 'receive tea=1' append 'snapshot rebuild' 'init --log x' 'backup b'; do
        nobody ./tally $write </dev/null 2>>errors; [ $? = 74 ] || echo $write
      done
      chmod 700 shop.tally/segments
      for question in stock info events 'receive tea=1'; do
        nobody ./tally $question 2>>errors; [ $? = 74 ] || echo $question
      done
      nobody ./verify shop.tally 2>>errors; [ $? = 74 ] || echo verify
      chmod 000 shop.tally; nobody ./tally stock 2>>errors; [ $? = 74 ] || echo locked out
      chmod 755 shop.tally; chmod 755 shop.tally/segments
      grep -vc 'Permission denied' errors; grep -c 'Permission denied' errors
      """)
    #expect(
      script.lines == [
        #"{"sku":"tea","location":"main","on_hand":5,"held":0,"available":5,"seq":2}"#, "0", "11",
      ], "\(script)")
    #expect(tally.onHand("tea") == 5 && tally.verdict() == "proven")
  }

  @Test("an answer that cannot be printed is an error that tells it")
  func noOutput() {
    let tally = Tool.onNewLog()
    let received = tally.shell("$tally receive tea=1 >/dev/full")
    #expect(received.status == 74 && received.says("standard output", "accepted, event 2"), "\(received)")
    for command in [
      "$tally stock", "$tally info --json", "$tally events", "$tally export --format csv", "$verify shop.tally",
    ] {
      let result = tally.shell("\(command) >/dev/full")
      #expect(result.status == 74 && result.says("standard output: No space left on device"), "\(command): \(result)")
    }
  }

  @Test("closed standard streams never end up as the log's files")
  func closedStreams() throws {
    let tally = Tool.onNewLog()
    var received = 0
    for redirection in [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "<&- >&-", ">&- 2>/dev/null"] {
      for command in ["receive tea=1", "receive nonsense", "reserve a cup=1", "stock", "snapshot rebuild", "append"] {
        _ = tally.shell("echo '\(Lines.receive(1).dropLast())' | $tally \(command) \(redirection)")
      }
      received += redirection.contains("<&-") ? 1 : 2
      #expect(
        tally.shell("$verify shop.tally --report r.html \(redirection); head -c 9 r.html").output.hasSuffix("<!doctype")
      )
      #expect(tally.verdict() == "proven", "\(redirection)")
      #expect(tally.onHand("tea") == received, "\(redirection)")
    }
    let unheard = tally.shell("$tally receive tea=1 >&-")
    #expect(unheard.status == 74 && unheard.says("standard output", "accepted, event"))
  }
}
