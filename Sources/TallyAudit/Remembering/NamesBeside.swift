import TallyFormat
import TallyThreads

/// An audit's names on their way into the memory, beside what else there is to do at its end.
struct NamesBeside {
  private let entering: Entering?
  private let thread: JoinedThreads?

  /// - Parameter memory: `nil`: nothing is to be done.
  init(_ memory: AuditMemory?, _ names: NewNames) {
    let entering = memory.map { Entering($0, names) }
    self.entering = entering
    thread = entering.map { entering in JoinedThreads(1) { entering.run() } }
  }

  /// Names that were used before what this audit judged: they are looked at in the log.
  func usedBefore() throws(LogError) -> Set<UInt64> {
    guard let entering, let thread else { return [] }
    // The system may have had no thread to spare.
    if thread.isEmpty { entering.run() }
    thread.join()
    do throws(FileError) { return try entering.result.get() } catch { throw .file(error) }
  }
}

private final class Entering: @unchecked Sendable {
  private let memory: AuditMemory
  private let names: NewNames
  // Belongs to one thread at a time.
  private(set) var result: Result<Set<UInt64>, FileError> = .success([])

  init(_ memory: AuditMemory, _ names: NewNames) { (self.memory, self.names) = (memory, names) }

  func run() {
    do throws(FileError) { result = .success(try memory.enter(names)) } catch { result = .failure(error) }
  }
}
