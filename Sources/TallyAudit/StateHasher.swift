import TallyFormat

/// Digests of states, worked out beside the fold: the fold hands over a state's bytes and goes on, and whichever thread
/// has nothing better to do hashes them.
///
/// Hashing the states at which snapshots were taken was a quarter of the fold thread's time; copying their bytes is a
/// fifth of that. What waits to be hashed is bounded: beyond it the fold's thread hashes, too.
final class StateHasher: @unchecked Sendable {
  private static let chunkBytes = 1 << 20
  /// Chunks that may wait.
  private static let mostChunks = 32

  /// Hash on the fold's thread, without a copy: there is no other.
  private let isAlone: Bool

  private struct Chunk {
    var bytes: [UInt8]
    var isLast: Bool
  }

  // Under `lock`, which is held for moments.
  private let lock = Lock()
  private var waiting: [Chunk] = []
  private var isClosed = false
  private var spare: [[UInt8]] = []

  // Belong to whoever holds `turn`: chunks are hashed in order.
  private let turn = Lock()
  private var stream = DigestStream()
  private var finished: [Digest] = []

  // Belong to the fold's thread.
  private var filling: [UInt8] = []
  private var begun = 0

  init(isAlone: Bool) { self.isAlone = isAlone }

  // MARK: - The fold's thread

  /// Takes bytes of the present state; they may change afterwards.
  func update(_ bytes: UnsafeRawBufferPointer) {
    if isAlone { return stream.update(bytes) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(StateHasher.chunkBytes - filling.count)
      filling.append(contentsOf: UnsafeRawBufferPointer(rebasing: part))
      rest = rest.dropFirst(part.count)
      if filling.count == StateHasher.chunkBytes { pass(isLast: false) }
    }
  }

  /// Ends the present state.
  ///
  /// - Returns: where its digest will be among all.
  func endState() -> Int {
    begun += 1
    if isAlone { endDigest() } else { pass(isLast: true) }
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
    workOff()
    turn.lock()
    defer { turn.unlock() }
    return finished
  }

  private func pass(isLast: Bool) {
    lock.lock()
    waiting.append(Chunk(bytes: filling, isLast: isLast))
    let isFull = waiting.count >= StateHasher.mostChunks
    filling = spare.popLast() ?? []
    lock.wakeAll()
    lock.unlock()
    if filling.capacity == 0 { filling.reserveCapacity(StateHasher.chunkBytes) }
    if isFull { workOff() }
  }

  // MARK: - Any thread

  /// Hashes one chunk; false if none waits, or another thread is at it.
  func work() -> Bool {
    guard turn.tryLock() else { return false }
    defer { turn.unlock() }
    guard var chunk = next() else { return false }
    hash(&chunk)
    return true
  }

  /// Hashes all that waits, after whoever is at it.
  private func workOff() {
    turn.lock()
    while var chunk = next() { hash(&chunk) }
    turn.unlock()
  }

  /// Hashes until no further state comes, and waits for more in between.
  func workUntilClosed() {
    while true {
      workOff()
      lock.lock()
      while waiting.isEmpty, !isClosed { lock.wait() }
      let isOver = waiting.isEmpty
      lock.unlock()
      if isOver { return }
    }
  }

  private func next() -> Chunk? {
    lock.lock()
    defer { lock.unlock() }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  /// In place, so that nobody else holds the chunk's memory when it is emptied to be used again.
  private func hash(_ chunk: inout Chunk) {
    chunk.bytes.withUnsafeBytes { stream.update($0) }
    if chunk.isLast { endDigest() }
    chunk.bytes.removeAll(keepingCapacity: true)
    lock.lock()
    spare.append(chunk.bytes)
    lock.unlock()
  }

  private func endDigest() {
    finished.append(stream.digest)
    stream = DigestStream()
  }
}
