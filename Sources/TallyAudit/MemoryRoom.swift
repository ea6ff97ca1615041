import Glibc
import TallyFormat

/// Asks the system for memory before arrays and tables do, whose own requests end the process if they are refused.
///
/// What grows with the input asks here first, for the most that it may come to. Where a process may have few addresses
/// (`ulimit -v`, a container that does not overcommit) an audit so ends with an error that says why. It is a question, not
/// a reservation: what other threads take meanwhile comes out of the margin, and a system that grants more memory than it
/// has kills the process later, whatever it answered.
struct MemoryRoom {
  /// Asked for in vain so far, because it was too little to be worth a question: some 2 µs.
  private var unasked = 0
  private static let smallest = 4 << 20
  /// What else may be taken by small things, and by the other threads, before the next question.
  private static let margin = 48 << 20

  /// - Throws: ``LogError/file(_:)`` of `ENOMEM` if the system would refuse so many bytes.
  mutating func require(_ bytes: Int, _ position: LogPosition) throws(LogError) {
    unasked += bytes
    guard unasked >= Self.smallest else { return }
    let total = unasked + Self.margin
    unasked = 0
    guard let memory = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      throw .file(
        FileError(
          operation: "go on from", path: "\(position)", code: ENOMEM,
          reason: "out of memory (\(total >> 20) MiB were refused; give the process more, or fewer --jobs)"))
    }
    munmap(memory, total)
  }
}
