import TallyFormat
import TallyTestSupport
import Testing

@testable import TallyProof

@Suite("Signed notes")
struct NoteTests {
  /// The example of the specification that Go's package is tested with.
  private static let published = (
    verifier: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    text: """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """,
    note: """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

    """
  )

  @Test("of others are read, and a letter that was changed shows")
  func published() throws {
    let verifier = try NoteVerifier(NoteTests.published.verifier)
    let note = try SignedNote(parsing: Array(NoteTests.published.note.utf8))
    #expect(note.text == NoteTests.published.text)
    #expect(try note.isSigned(by: verifier))
    #expect(note.encoded == NoteTests.published.note && verifier.text == NoteTests.published.verifier)
    let forged = NoteTests.published.note.replacing("answer", with: "Answer")
    #expect(throws: NoteFlaw.self) { try SignedNote(parsing: Array(forged.utf8)).isSigned(by: verifier) }
  }

  @Test("are signed, read again and refused for another's key; a witness's say when")
  func own() throws {
    for cosigns in [false, true] {
      let signer = try NoteSigner.generate(name: "shop.example/log", cosigns: cosigns)
      let again = try NoteSigner(signer.text + "\n")
      #expect(again.verifier == signer.verifier)
      let signature = try #require(again.sign(Array("text\n".utf8), at: 1_795_836_749))
      #expect(signature.time == (cosigns ? 1_795_836_749 : nil))
      let note = try SignedNote(parsing: Array(SignedNote(text: "text\n", signatures: [signature]).encoded.utf8))
      #expect(try note.isSigned(by: try NoteVerifier(signer.verifier.text)))
      #expect(try !note.isSigned(by: try NoteSigner.generate(name: "shop.example/log").verifier))
    }
  }

  static let bad = [
    "", "text\n", "text\n\n", "\n— a AAAAAAAA\n", "text\n\n— a b c\n", "text\n\n- a AAAAAAAA\n", "text\n\n— a AAAA\n",
    "text\n\n— a AAAAAAA\n", "text\n\n— a+b AAAAAAAA\n", "text\n\n— a AAAAAAAA", "text\u{1}\n\n— a AAAAAAAA\n",
    "text\n\n" + String(repeating: "— a AAAAAAAA\n", count: 101),
  ]

  @Test("that are none are refused", arguments: bad)
  func malformed(text: String) { #expect(throws: NoteFlaw.self) { try SignedNote(parsing: Array(text.utf8)) } }

  @Test("keys that are none, or whose id is another's, are refused")
  func keys() throws {
    let signer = try NoteSigner.generate(name: "shop")
    for text in ["", "shop", "shop+00000000+AQ==", signer.verifier.text.replacing("shop", with: "shap"), signer.text] {
      #expect(throws: NoteFlaw.self) { try NoteVerifier(text) }
    }
    for text in ["", signer.verifier.text, signer.text.replacing("shop", with: "shap"), signer.text + "x"] {
      #expect(throws: NoteFlaw.self) { try NoteSigner(text) }
    }
    for name in ["", "a b", "a+b", "a\n", String(repeating: "a", count: 256)] {
      #expect(throws: NoteFlaw.self) { try NoteSigner.generate(name: name) }
    }
  }

  @Test("of another tree have the same key under another name, and neither is taken for the other")
  func besides() throws {
    let signer = try NoteSigner.generate(name: "shop.example/log")
    let events = try #require(signer.beside("events"))
    #expect(events.verifier.name == "shop.example/log/events" && events.verifier.id != signer.verifier.id)
    #expect(signer.verifier.beside("events") == events.verifier)
    #expect(try NoteVerifier(events.verifier.text) == events.verifier && NoteSigner(events.text).text == events.text)
    let head = TreeHead(
      origin: signer.verifier.name, size: 7, root: .zero,
      extent: .init(log: try #require(LogID(bytes: [UInt8](repeating: 1, count: 16))), lastSequence: 5),
      eventsRoot: MerkleHash.empty)
    let ofEvents = try #require(EventsHead(of: head))
    let note = try #require(ofEvents.signed(by: events))
    #expect(try note.isSigned(by: events.verifier) && !note.isSigned(by: signer.verifier))
    #expect(try head.signed(by: signer)?.isSigned(by: events.verifier) == false)
    // As a tree of its own it says nothing of a log.
    let read = try TreeHead(parsing: note.text)
    #expect(read.size == 7 && read.root == MerkleHash.empty && read.extent == nil && read.eventsRoot == nil)
    if let peer = GoPeer.shared {
      #expect(try peer.run(["open", events.verifier.text], input: note.encoded).output == note.text)
      #expect(try peer.run(["open", signer.verifier.text], input: note.encoded).status != 0)
    }
    let long = try NoteSigner.generate(name: String(repeating: "a", count: 249))
    #expect(long.beside("events") == nil && long.verifier.beside("events") == nil)
    #expect(EventsHead(of: TreeHead(origin: "x", size: 1, root: .zero, extent: head.extent)) == nil)
  }

  @Test(
    "are opened by Go's package, and Go's by us",
    .enabled(if: GoPeer.shared != nil, "apt install golang-go golang-golang-x-mod-dev"))
  func goNotes() throws {
    let peer = try #require(GoPeer.shared)
    let signer = try NoteSigner.generate(name: "shop.example/log")
    let head = TreeHead(origin: "shop.example/log", size: 7, root: .zero, extent: nil)
    let note = try #require(head.signed(by: signer))
    #expect(try peer.run(["open", signer.verifier.text], input: note.encoded).output == head.text)
    let forged = note.encoded.replacing("\n7\n", with: "\n8\n")
    #expect(try peer.run(["open", signer.verifier.text], input: forged).status != 0)
    let theirs = try peer.run(["sign", signer.text], input: head.text)
    let read = try SignedNote(parsing: Array(theirs.output.utf8))
    #expect(try read.isSigned(by: signer.verifier))
    #expect(try TreeHead(parsing: read.text) == head)
  }
}
