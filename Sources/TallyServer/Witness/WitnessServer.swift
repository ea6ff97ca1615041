import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import TallyProof
import TallyText
import TallyThreads
import Tallystick

/// A witness over HTTP: `POST /add-checkpoint`, and the last cosigned checkpoint of each log at
/// `GET /ORIGIN-HASH/checkpoint`. Whoever reaches it may ask: what it cosigns is signed by the log already.
///
/// Its calls block.
package final class WitnessServer: Sendable {
  private static let patience = TimeAmount.seconds(30)
  private static let endingTime = TimeAmount.seconds(10)
  private static let mostConnections = 1_000

  private let front: HTTPFront
  private let group: MultiThreadedEventLoopGroup
  private let threads = NIOThreadPool(numberOfThreads: 1)

  /// Listens.
  ///
  /// - Parameter warn: told, on any thread, of what somebody should look at: a log that shows another history above all.
  /// - Throws: ``ServerFailure/cannotListen(_:reason:)``
  package init(
    _ witness: sending Witness, on address: ListenAddress, now: @escaping @Sendable () -> Int64 = { UnixTime.now() },
    warn: @escaping @Sendable (String) -> Void
  ) throws(ServerFailure) {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    threads.start()
    let routes = WitnessRoutes(witness: Monitor(witness), threads: threads, now: now, warn: warn)
    do throws(ServerFailure) {
      front = try HTTPFront(
        address, routes.router, patience: WitnessServer.patience, mostConnections: WitnessServer.mostConnections, group)
    } catch {
      try? threads.syncShutdownGracefully()
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  /// With the port that was taken.
  package var address: ListenAddress { front.address }

  /// Lets nobody new in, and answers what was asked.
  package func end() {
    _ = front.end(atMost: WitnessServer.endingTime)
    try? threads.syncShutdownGracefully()
    try? group.syncShutdownGracefully()
  }
}

/// What a witness is asked.
struct WitnessRoutes: Sendable {
  let witness: Monitor<Witness>
  /// One, because the state is written by one at a time, and event loops must not wait for the disk.
  let threads: NIOThreadPool
  let now: @Sendable () -> Int64
  let warn: @Sendable (String) -> Void

  var router: Router<CallContext> {
    let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
    router.post("/add-checkpoint") { request, _ in try await add(request) }
    router.get("/:origin/checkpoint") { _, context in
      try await checkpoint(try context.parameters.require("origin"))
    }
    return router
  }

  private func add(_ request: Request) async throws -> Response {
    let body: ByteBuffer
    do { body = try await request.body.collect(upTo: WitnessRequest.largest) } catch is NIOTooManyBytesError {
      return .text("the request is too large\n", status: .contentTooLarge)
    }
    let bytes = Array(body.readableBytesView)
    let seconds = UInt64(max(1, now() / 1_000))
    let answer: Result<NoteSignature, WitnessRefusal> = try await threads.runIfActive {
      witness.access { witness in
        do throws(WitnessRefusal) { return .success(try witness.add(bytes, at: seconds)) } catch {
          return .failure(error)
        }
      }
    }
    switch answer {
    case .success(let cosignature): return .text(cosignature.line + "\n")
    case .failure(let refusal): return refuse(refusal)
    }
  }

  private func refuse(_ refusal: WitnessRefusal) -> Response {
    switch refusal {
    case .otherSize(let size): return .text("\(size)\n", type: "text/x.tlog.size", status: .conflict)
    case .inconsistent, .state: warn(refusal.description.printable)
    case .malformed, .unknownOrigin, .notSigned: break
    }
    return .text(
      refusal.description.printable + "\n",
      status: HTTPResponse.Status(code: refusal.status))
  }

  private func checkpoint(_ folder: String) async throws -> Response {
    let found: Result<SignedNote?, WitnessFailure> = try await threads.runIfActive {
      witness.access { witness in
        do throws(WitnessFailure) { return .success(try witness.checkpoint(in: folder)) } catch {
          return .failure(error)
        }
      }
    }
    switch found {
    case .success(let note?): return .text(note.encoded)
    case .success(nil): return .text("this witness has cosigned no checkpoint of that log\n", status: .notFound)
    case .failure(let failure): return refuse(.state(failure))
    }
  }
}
