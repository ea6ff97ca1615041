/// What a log knows of a name: for a router, which must find out which of its shards does.
package enum NameStanding: Sendable {
  /// Nothing has it.
  case none
  /// A reservation's id.
  case reservation
  /// An idempotency key.
  case key
}

extension TallyLog {
  /// Looks up what these names stand for, after whatever was handed over before. Nobody waits: as `look(up:_:answer:)`.
  ///
  /// Cost to the writer: some 100 ns a name; for one that only an index remembers, reading a frame of the log.
  package func standing(
    of names: [Name], answer: @escaping @Sendable (Result<[NameStanding], LogFailure>) -> Void
  ) {
    let question = Question(.callback(answer)) { judge in names.map { judge.standing(of: $0) } }
    if let refusal = hand(.question(question), .question) { answer(.failure(LogFailure(refusal))) }
  }
}

extension Judge {
  fileprivate func standing(of name: Name) -> NameStanding {
    switch known(name) {
    case .nothing: .none
    case .reservation, .sealed: .reservation
    case .key: .key
    }
  }
}
