import TallyFormat
import TallyThreads

/// Digests of states, worked out by all threads of an audit: a state is written in parts, which whoever comes first
/// writes, and hashed behind the fold by whoever has nothing better to do.
///
/// Writing and hashing the states at which snapshots were taken was two fifths of the fold thread's time. The fold stands
/// still while its state is written, and so the other threads come to help before they do anything else; it goes on as
/// soon as all parts are written. Parts that wait to be hashed are bounded: beyond that the fold's thread hashes, too.
final class StateHasher: @unchecked Sendable {
  /// Parts begun and not yet taken to be hashed, and bytes of those written, at most.
  private let mostParts: Int
  private static let mostBytes = 32 << 20
  private let lock: Lock

  // All of these under `lock`.
  private struct Part {
    /// `nil` while it is being written.
    var bytes: StateBytes?
    var isLast: Bool
    var copy: StateCopy?
  }
  private var waiting: [Part] = []
  private var waitingBytes = 0
  /// How many parts have left `waiting`: the number of its first.
  private var taken = 0
  private var spare: [StateBytes] = []
  /// The state that is being written.
  private var present: State?
  private var isClosed = false
  private var finished: [Digest] = []
  private var begun = 0

  private struct State {
    var write: (_ part: Int, _ bytes: StateBytes) -> Void
    var parts: Int
    var copy: StateCopy?
    var begun = 0
    var written = 0
  }

  /// Belongs to the one thread that hashes: parts are hashed in order.
  private var stream = DigestStream()
  private var isHashing = false

  /// - Parameter isAlone: no other thread helps, so that there is no use in putting off what has to be hashed.
  init(isAlone: Bool, _ lock: Lock) {
    mostParts = isAlone ? 1 : 32
    self.lock = lock
  }

  // MARK: - The fold's thread

  /// Takes a state; returns when it is written, so that it may change.
  ///
  /// - Parameters:
  ///   - copy: takes all that is hashed of it, too.
  ///   - write: writes one of the parts; called on several threads at a time.
  /// - Returns: where its digest will be among all.
  func pass(parts: Int, copy: StateCopy? = nil, _ write: (_ part: Int, _ bytes: StateBytes) -> Void) -> Int {
    lock.lock()
    defer { lock.unlock() }
    withoutActuallyEscaping(write) { write in
      present = State(write: write, parts: parts, copy: copy)
      lock.wakeAll()
      while let state = present, state.written < parts {
        if writeNext() || hashNext() { continue }
        lock.wait()
      }
      present = nil
    }
    begun += 1
    return begun - 1
  }

  /// No further state comes.
  func close() {
    lock.lock()
    isClosed = true
    lock.wakeAll()
    lock.unlock()
  }

  /// All digests, in the order of their states.
  func digests() -> [Digest] {
    lock.lock()
    defer { lock.unlock() }
    while finished.count < begun {
      if !hashNext() { lock.wait() }
    }
    return finished
  }

  // MARK: - Any thread, under the lock, which is given up meanwhile

  /// Writes one part of the present state; false if there is none to begin.
  func writeNext() -> Bool {
    guard let state = present, state.begun < state.parts, waiting.count < mostParts,
      waitingBytes < Self.mostBytes
    else { return false }
    let number = taken + waiting.count
    waiting.append(Part(bytes: nil, isLast: state.begun == state.parts - 1, copy: state.copy))
    present?.begun += 1
    let bytes = spare.popLast() ?? StateBytes()
    lock.unlock()
    state.write(state.begun, bytes)
    lock.lock()
    waiting[number - taken].bytes = bytes
    waitingBytes += bytes.contents.count
    present?.written += 1
    lock.wakeAll()
    return true
  }

  /// Hashes one part; false if none waits, or another thread is at it.
  func hashNext() -> Bool {
    guard !isHashing, let part = waiting.first, let bytes = part.bytes else { return false }
    waiting.removeFirst()
    waitingBytes -= bytes.contents.count
    taken += 1
    isHashing = true
    lock.unlock()
    stream.update(bytes.contents)
    part.copy?.append(bytes.contents)
    bytes.removeAll()
    lock.lock()
    if part.isLast {
      finished.append(stream.digest)
      stream = DigestStream()
    }
    isHashing = false
    if !bytes.isLarge { spare.append(bytes) }
    lock.wakeAll()
    return true
  }

  /// Under the lock: no part is left to write or to hash, and none comes.
  var isDone: Bool { isClosed && waiting.isEmpty && !isHashing }
}
