import NIOCore
import TallyProof
import TallyThreads
import Tallystick

/// Signs what the log is, whenever there is something new and some seconds have passed. A follower of durable frames: it
/// reads the log's files on a thread of its own, and asks the writer nothing but its last event.
///
/// Any thread may ask what was signed.
final class CheckpointSigner: Sendable {
  /// Frames that are read before it looks whether it is to end, and lets others have the tree.
  private static let portion: UInt64 = 1_024
  /// Gives way to the writer, but is not starved by it as it would be at 19.
  private static let niceness: Int32 = 10

  private struct State {
    var findings = CheckpointFindings()
    var signer: NoteSigner
    /// Whose signature the last checkpoint has.
    var signedBy: NoteVerifier?
    var isRunning = false
    var isEnding = false
  }
  private let state: Monitor<State>
  private let directory: LogDirectory
  private let signing: CheckpointSigning
  private let lastDurable: @Sendable () -> UInt64
  /// `nil`: nobody is asked to cosign.
  private let witnesses: WitnessClient?
  private let warn: @Sendable (String) -> Void

  /// Signs nothing yet.
  ///
  /// - Parameters:
  ///   - path: the log's directory.
  ///   - lastDurable: the last event on stable storage.
  ///   - warn: told of what should wake somebody.
  /// - Throws: ``ServerFailure/signing(_:)`` for a key that cannot be read.
  init(
    path: String, _ signing: CheckpointSigning, lastDurable: @escaping @Sendable () -> UInt64,
    warn: @escaping @Sendable (String) -> Void
  ) throws(ServerFailure) {
    state = Monitor(State(signer: try signing.signer()))
    directory = LogDirectory(path)
    self.signing = signing
    self.lastDurable = lastDurable
    witnesses = signing.witnesses.isEmpty ? nil : WitnessClient(signing.witnesses)
    self.warn = warn
  }

  var findings: CheckpointFindings { state.access { $0.findings } }

  /// Waits until what is wanted was signed; false: it was not within so many milliseconds.
  func wait(atMost milliseconds: Double, until isFound: (CheckpointFindings) -> Bool) -> Bool {
    state.wait(timeout: milliseconds) { isFound($0.findings) ? true : nil } ?? false
  }

  /// Reads the key again; the next checkpoint is signed with it. The one that was stays if that fails.
  func reload() throws(ServerFailure) {
    let signer = try signing.signer()
    state.access { $0.signer = signer }
  }

  // MARK: From the start to the end

  /// False: the system has no thread to give.
  @discardableResult
  func start() -> Bool {
    state.access { $0.isRunning = true }
    let isStarted = DedicatedThread.start(niceness: CheckpointSigner.niceness) { [self] in
      let interval = signing.interval / .milliseconds(1)
      while !isEnding {
        if isNeeded { sign(signsPart: false) { self.isEnding } }
        let _: Bool? = state.wait(timeout: interval) { $0.isEnding ? true : nil }
      }
      state.signal { $0.isRunning = false }
    }
    if !isStarted { state.access { $0.isRunning = false } }
    return isStarted
  }

  /// Returns when it has ended.
  func end() {
    state.signal { $0.isEnding = true }
    let _: Bool? = state.wait { $0.isRunning ? nil : true }
  }

  /// Signs once more, after ``end()``. Of a log whose tree would take longer to grow than this, what has grown.
  func signLast(atMost time: TimeAmount) {
    let deadline = NIODeadline.now() + time
    sign(signsPart: true) { NIODeadline.now() >= deadline }
  }

  deinit { witnesses?.end() }

  private var isEnding: Bool { state.access { $0.isEnding } }

  // MARK: Signing

  /// There is something new, or another key, or what failed may work now.
  private var isNeeded: Bool {
    let last = lastDurable()
    return state.access { state in
      state.signedBy != state.signer.verifier || state.findings.lastSequence != last || state.findings.failure != nil
        || !state.findings.complaints.isEmpty
    }
  }

  /// - Parameters:
  ///   - signsPart: sign a tree that has not grown to the log's end, too.
  ///   - isOver: asked now and then.
  private func sign(signsPart: Bool, until isOver: () -> Bool) {
    let signer = state.access { $0.signer }
    do throws(SigningError) {
      guard let (note, last) = try sign(signer, signsPart, isOver) else { return }
      guard let witnesses else { return took(note, [], signer.verifier) }
      let (cosigned, answers) = try witnesses.cosign(note, last: last, of: directory)
      took(cosigned, answers, signer.verifier)
    } catch {
      failed(error)
    }
  }

  /// What was signed and kept, and what was kept before; `nil`: there was no time.
  private func sign(
    _ signer: NoteSigner, _ signsPart: Bool, _ isOver: () -> Bool
  ) throws(SigningError) -> (SignedNote, SignedNote?)? {
    while true {
      let log = try SignedLog(directory)
      let isWhole = try log.grow(atMost: CheckpointSigner.portion)
      let isOver = !isWhole && isOver()
      guard isWhole || isOver else { continue }
      let last = try log.lastCheckpoint()
      // A tree that is grown anew may not have come as far as what was signed.
      let isBehind = last.flatMap { try? TreeHead(parsing: $0.text) }.map { $0.size > log.tree.size } ?? false
      if isOver, isBehind || !signsPart { return nil }
      return (try log.sign(signer), last)
    }
  }

  private func took(_ note: SignedNote, _ answers: [WitnessClient.Answer], _ verifier: NoteVerifier) {
    guard let head = try? TreeHead(parsing: note.text) else { return }
    let complaints = answers.complaints
    let old = state.signal { state in
      defer {
        state.signedBy = verifier
        state.findings.took(note, head, answers)
      }
      return state.findings.complaints
    }
    for complaint in complaints where !old.contains(complaint) { warn(complaint) }
  }

  /// It is tried again after a while: whoever mends it need not start the server again.
  private func failed(_ error: SigningError) {
    let text = "no checkpoint can be signed: \(error)"
    let isNew = state.signal { state in
      defer {
        state.findings.failures += 1
        state.findings.failure = text
        state.findings.alarm = error.isAlarming ? text : nil
      }
      return state.findings.failure != text
    }
    if isNew { warn(text) }
  }
}
