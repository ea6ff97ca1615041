import DequeModule
import TallyRESP

/// Answers of one connection, which must go out in the order in which they were asked for, whatever order they come in.
///
/// Nearly all come in order and cost a count each. What is answered at once behind commands that have no answer yet is
/// kept in one piece of memory until its turn; only an answer that overtakes another is kept by itself.
struct ReplyLine {
  /// Commands without an answer, and behind them some that were answered at once.
  private struct Stretch {
    var pending: Int
    var ready: WireWriter
    var readyCount = 0
  }
  private var stretches: Deque<Stretch> = []
  /// Answers to pending commands that came before their turn, by ticket.
  private var early: [UInt64: [UInt8]] = [:]
  /// Of the answer whose turn it is.
  private var first: UInt64 = 0
  /// The ticket of the next command.
  private(set) var next: UInt64 = 0

  /// All answers have been given out.
  var isEmpty: Bool { first == next }
  var count: Int { Int(next - first) }

  /// A place at the end.
  ///
  /// - Returns: the ticket for ``put(_:into:_:)``.
  mutating func take(_ version: WireWriter.Version) -> UInt64 {
    if let last = stretches.indices.last, stretches[last].readyCount == 0 {
      stretches[last].pending += 1
    } else {
      stretches.append(Stretch(pending: 1, ready: WireWriter(version)))
    }
    defer { next += 1 }
    return next
  }

  /// So many places at the end, of which the first is ``next`` as it was.
  mutating func take(_ count: Int, _ version: WireWriter.Version) {
    guard count > 0 else { return }
    _ = take(version)
    stretches[stretches.count - 1].pending += count - 1
    next += UInt64(count - 1)
  }

  /// Puts answers into their places that are integers, each greater by 1 than the one before.
  mutating func put(_ ticket: UInt64, integersFrom integer: UInt64, _ count: Int, into output: inout WireWriter) {
    var done = 0
    while done < count {
      let left = count - done
      let value = integer + UInt64(done)
      guard ticket + UInt64(done) == first, early.isEmpty, let stretch = stretches.first else {
        put(ticket + UInt64(done), into: &output) { $0.integer(value) }
        done += 1
        continue
      }
      let together = min(left, stretch.pending)
      output.integers(from: value, count: together)
      advance(together, &output)
      done += together
    }
  }

  /// Puts the same answer so many times behind all others, or into the output if there are none.
  mutating func answer(_ count: Int = 1, into output: inout WireWriter, _ write: (inout WireWriter) -> Void) {
    guard let last = stretches.indices.last else {
      for _ in 0..<count { write(&output) }
      return
    }
    for _ in 0..<count { write(&stretches[last].ready) }
    stretches[last].readyCount += count
    next += UInt64(count)
  }

  /// Puts an answer into its place, and what is ready at the beginning of the line into the output.
  ///
  /// - Parameter write: writes the answer.
  mutating func put(_ ticket: UInt64, into output: inout WireWriter, _ write: (inout WireWriter) -> Void) {
    guard ticket == first else {
      var writer = WireWriter(output.version)
      write(&writer)
      early[ticket] = writer.bytes
      return
    }
    write(&output)
    advance(1, &output)
    while !early.isEmpty, let bytes = early.removeValue(forKey: first) {
      output.append(bytes)
      advance(1, &output)
      // An idle connection holds no memory for its busy times.
      if early.isEmpty { early = [:] }
    }
  }

  /// The first pending commands have their answers.
  ///
  /// - Parameter count: no more than are pending before the next that was answered at once.
  private mutating func advance(_ count: Int, _ output: inout WireWriter) {
    first += UInt64(count)
    guard !stretches.isEmpty else { return }
    stretches[0].pending -= count
    guard stretches[0].pending == 0 else { return }
    output.append(stretches[0].ready.bytes)
    first += UInt64(stretches[0].readyCount)
    stretches.removeFirst()
    if stretches.isEmpty { stretches = [] }
  }
}
