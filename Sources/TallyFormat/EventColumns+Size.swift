extension EventColumns {
  /// Bytes of memory that the columns have, filled or not. Some 60 additions, whatever the number of events.
  public var memoryBytes: Int {
    var bytes = kinds.capacity + times.capacity * 8 + expired.capacity * 8
    bytes += registered.skus.memoryBytes + registered.locations.memoryBytes
    bytes += received.memoryBytes + returned.memoryBytes
    bytes += reserved.ids.memoryBytes + reserved.lines.memoryBytes + reserved.customers.memoryBytes
    bytes += reserved.timesToLive.capacity * 8
    bytes += committed.memoryBytes + released.memoryBytes
    bytes += adjusted.items.capacity * 14 + adjusted.reasons.memoryBytes + adjusted.keys.memoryBytes
    bytes += transferred.from.capacity * 16 + transferred.keys.memoryBytes
    bytes += limits.items.capacity * 12 + limits.keys.memoryBytes
    bytes += batches.keys.memoryBytes + batches.ends.capacity * 4
    return bytes + batches.results.capacity * MemoryLayout<BatchResult>.stride
  }
}

extension EventColumns.Movements {
  fileprivate var memoryBytes: Int { lines.memoryBytes + references.memoryBytes + keys.memoryBytes }
}

extension EventColumns.Settlements {
  fileprivate var memoryBytes: Int { references.capacity * 9 + lines.memoryBytes + keys.memoryBytes }
}

extension StringColumn {
  fileprivate var memoryBytes: Int { ends.capacity * 4 + bytes.capacity }
}

extension LineColumn {
  fileprivate var memoryBytes: Int { ends.capacity * 4 + entries.capacity * MemoryLayout<LineEntry>.stride }
}

extension KeyColumn {
  fileprivate var memoryBytes: Int { keys.memoryBytes + digests.capacity * MemoryLayout<ContentDigest>.stride }
}
