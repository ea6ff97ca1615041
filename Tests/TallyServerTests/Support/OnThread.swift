import TallyThreads

/// Runs a test's body on a thread of its own. A server in the test's process answers HTTP from the pool of threads that
/// tests run on, too: a test that waits there for an answer may wait for itself.
func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  try await withCheckedThrowingContinuation { continuation in
    let isStarted = DedicatedThread.start { continuation.resume(with: Result(catching: body)) }
    if !isStarted { continuation.resume(throwing: NoThread()) }
  }
}

struct NoThread: Error {}
