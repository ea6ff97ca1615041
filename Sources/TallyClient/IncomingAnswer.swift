import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TallyThreads

/// An answer as it comes in. The thread that asked takes it piece by piece, and the connection waits for that thread.
final class IncomingAnswer: HTTPClientResponseDelegate {
  typealias Response = Void

  private struct State {
    var head: HTTPResponseHead?
    var pieces: [(ByteBuffer, EventLoopPromise<Void>)] = []
    var end: Result<Void, any Error>?
    /// Nobody takes anything any more.
    var isAbandoned = false
  }
  private let state = Monitor(State())

  /// Milliseconds between looks at whether it is still wanted.
  private static let lookInterval = 50.0

  // MARK: On the connection's loop

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.signal { $0.head = head }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let promise = task.eventLoop.makePromise(of: Void.self)
    let isAbandoned = state.signal { state in
      if !state.isAbandoned { state.pieces.append((buffer, promise)) }
      return state.isAbandoned
    }
    if isAbandoned { promise.succeed() }
    return promise.futureResult
  }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) {
    state.signal { $0.end = .failure(error) }
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws { state.signal { $0.end = .success(()) } }

  // MARK: On the asking thread

  /// Blocks until the answer begins.
  func head(isCancelled: () -> Bool = { false }) throws -> HTTPResponseHead? {
    while true {
      let found: Result<HTTPResponseHead, any Error>? = state.wait(timeout: IncomingAnswer.lookInterval) { state in
        if let head = state.head { return .success(head) }
        if case .failure(let error) = state.end { return .failure(error) }
        return nil
      }
      if let found { return try found.get() }
      if isCancelled() { return nil }
    }
  }

  /// Blocks until there is more.
  ///
  /// - Returns: `nil` at the end, or when it is not wanted any more.
  func next(isCancelled: () -> Bool = { false }) throws -> ByteBuffer? {
    while true {
      let found: Result<(ByteBuffer, EventLoopPromise<Void>)?, any Error>? = state.wait(
        timeout: IncomingAnswer.lookInterval
      ) { state in
        if !state.pieces.isEmpty { return .success(state.pieces.removeFirst()) }
        switch state.end {
        case nil: return nil
        case .success: return .success(nil)
        case .failure(let error): return .failure(error)
        }
      }
      if let found {
        guard let (piece, promise) = try found.get() else { return nil }
        promise.succeed()
        return piece
      }
      if isCancelled() { return nil }
    }
  }

  /// Lets the connection go on without anybody who takes what comes.
  func abandon() {
    let waiting = state.signal { state in
      state.isAbandoned = true
      defer { state.pieces = [] }
      return state.pieces
    }
    for (_, promise) in waiting { promise.succeed() }
  }
}
