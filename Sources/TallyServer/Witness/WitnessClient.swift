import AsyncHTTPClient
import NIOCore
import NIOPosix
import TallyProof
import Tallystick

/// Asks witnesses to cosign: all at once. Its calls block, and may come from any thread but an event loop's.
package final class WitnessClient: Sendable {
  /// What one witness said.
  package struct Answer: Sendable {
    package var witness: WitnessAddress
    package var outcome: WitnessTalk.Outcome
  }
  private static let mostAnswerBytes = 64 << 10
  private static let patience = TimeAmount.seconds(5)

  package let witnesses: [WitnessAddress]
  private let client: HTTPClient

  /// - Parameter group: that of a server; `nil`: the process's.
  package init(_ witnesses: [WitnessAddress], _ group: MultiThreadedEventLoopGroup? = nil) {
    self.witnesses = witnesses
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: WitnessClient.patience)
    configuration.httpVersion = .http1Only
    client = HTTPClient(
      eventLoopGroupProvider: .shared(group ?? MultiThreadedEventLoopGroup.singleton), configuration: configuration)
  }

  /// To be called before the loops end; blocks.
  package func end() { try? client.syncShutdown() }

  /// Gets cosignatures for a log's checkpoint, and keeps them with it.
  ///
  /// - Parameters:
  ///   - checkpoint: signed, and kept.
  ///   - last: the one that was kept before it; `nil`: there was none.
  ///   - directory: the log's, whose tree this process does not have open.
  /// - Returns: the checkpoint with the cosignatures that were given, and what each witness said.
  package func cosign(
    _ checkpoint: SignedNote, last: SignedNote?, of directory: LogDirectory
  ) throws(SigningError) -> (note: SignedNote, answers: [Answer]) {
    let answers = try ask(checkpoint, last: last) { old, new throws(SigningError) in
      try SignedLog(directory).consistency(from: old, to: new)
    }
    var note = checkpoint
    note.signatures += answers.cosignatures
    let log = try SignedLog(directory)
    // Another process may have signed a later one meanwhile.
    if note != checkpoint, try log.lastCheckpoint()?.text == note.text { try log.keep(note) }
    return (note, answers)
  }

  /// Sends the checkpoint to all witnesses, five seconds a request at most.
  ///
  /// - Parameters:
  ///   - last: the checkpoint before, with the cosignatures that it got.
  ///   - proof: the consistency proof between two sizes of the log's tree.
  /// - Throws: what `proof` throws, or ``SigningError/kept(path:_:)`` for what is no checkpoint.
  func ask(
    _ checkpoint: SignedNote, last: SignedNote?,
    proof: (_ old: UInt64, _ new: UInt64) throws(SigningError) -> [Digest]
  ) throws(SigningError) -> [Answer] {
    var talks = [WitnessTalk]()
    do throws(NoteFlaw) {
      for witness in witnesses { talks.append(try WitnessTalk(checkpoint, witness: witness.key, last: last)) }
    } catch {
      throw .kept(path: "the checkpoint", error)
    }
    while true {
      var calls = [(Int, EventLoopFuture<HTTPClient.Response>)]()
      for (number, talk) in talks.enumerated() where talk.outcome == nil {
        let path = talk.oldSize == 0 ? [] : try proof(talk.oldSize, talk.size)
        let request = WitnessRequest(oldSize: talk.oldSize, path: path, checkpoint: checkpoint)
        switch post(request, to: witnesses[number]) {
        case .success(let call): calls.append((number, call))
        case .failure(let error): talks[number].fail("\(error)")
        }
      }
      if calls.isEmpty { break }
      for (number, call) in calls {
        do {
          let response = try call.wait()
          let body = response.body.map { String(buffer: $0) } ?? ""
          talks[number].take(status: Int(response.status.code), body)
        } catch {
          talks[number].fail("it cannot be asked: \(error)")
        }
      }
    }
    return zip(witnesses, talks).map { Answer(witness: $0, outcome: $1.outcome ?? .refused("no answer")) }
  }

  private func post(
    _ body: WitnessRequest, to witness: WitnessAddress
  ) -> Result<EventLoopFuture<HTTPClient.Response>, any Error> {
    Result {
      let request = try HTTPClient.Request(
        url: witness.url + "/add-checkpoint", method: .POST, headers: ["content-type": "text/plain"],
        body: .string(body.encoded))
      let answer = ResponseAccumulator(request: request, maxBodySize: WitnessClient.mostAnswerBytes)
      return client.execute(request: request, delegate: answer, deadline: .now() + WitnessClient.patience).futureResult
    }
  }
}

extension [WitnessClient.Answer] {
  /// The cosignatures that were given.
  package var cosignatures: [NoteSignature] {
    reduce(into: []) { found, answer in
      guard case .cosigned(let lines) = answer.outcome else { return }
      for line in lines where !found.contains(where: { $0.name == line.name && $0.id == line.id }) {
        found.append(line)
      }
    }
  }

  /// Who gave none, in words for people.
  package var complaints: [String] {
    compactMap { answer in
      switch answer.outcome {
      case .cosigned: nil
      case .otherHistory(let reason): "the witness \(answer.witness.name) has seen another history: \(reason)"
      case .refused(let reason): "the witness \(answer.witness.name) does not cosign: \(reason)"
      }
    }
  }

  /// One of them has cosigned another history.
  package var hasOtherHistory: Bool {
    contains { if case .otherHistory = $0.outcome { true } else { false } }
  }
}
