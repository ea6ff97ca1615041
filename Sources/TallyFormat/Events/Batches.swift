extension EventColumns {
  /// `batch`.
  public struct Batches: ColumnGroup {
    /// One an event: a batch without a key has no event.
    public internal(set) var keys = KeyColumn()
    /// The answers to each batch's commands.
    public internal(set) var answers = ResultColumn()

    @inline(__always) var count: Int { answers.count }

    mutating func visitColumns<V: ColumnVisitor>(_ visitor: inout V, of kind: EventKind) throws(V.Failure) {
      try visitor.visit(&keys)
      try visitor.visit(&answers)
    }

    /// The answers to the commands of one batch.
    public func results(_ index: Int) -> ArraySlice<BatchResult> { answers[index] }
  }

  /// Appends a `batch` row.
  ///
  /// - Parameters:
  ///   - key: the batch's.
  ///   - digest: of its content.
  ///   - results: the answers to its commands, in order; one or more.
  ///   - time: Unix milliseconds.
  ///   - more: the next row belongs to the same step.
  public mutating func appendBatch(
    key: Name, digest: ContentDigest, results: [BatchResult], time: Int64, more: Bool = false
  ) {
    begin(.batch, time, more: more, bound: Self.bound(key: key) + results.count * 8)
    batches.keys.append(key, digest)
    batches.answers.append(results)
  }
}
