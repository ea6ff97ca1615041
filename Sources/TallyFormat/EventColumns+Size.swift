extension EventColumns {
  /// Bytes of all columns' contents in memory. Some 60 additions, whatever the number of events.
  public var contentBytes: Int {
    var bytes = kinds.count + times.count * 8 + expired.count * 8
    bytes += registered.skus.contentBytes + registered.locations.contentBytes
    bytes += received.contentBytes + returned.contentBytes
    bytes += reserved.ids.contentBytes + reserved.lines.contentBytes + reserved.customers.contentBytes
    bytes += reserved.timesToLive.count * 8
    bytes += committed.contentBytes + released.contentBytes
    bytes += adjusted.items.count * 14 + adjusted.reasons.contentBytes + adjusted.keys.contentBytes
    bytes += transferred.from.count * 16 + transferred.keys.contentBytes
    bytes += limits.items.count * 12 + limits.keys.contentBytes
    bytes += batches.keys.contentBytes + batches.ends.count * 4
    return bytes + batches.results.count * MemoryLayout<BatchResult>.stride
  }
}

extension EventColumns.Movements {
  fileprivate var contentBytes: Int { lines.contentBytes + references.contentBytes + keys.contentBytes }
}

extension EventColumns.Settlements {
  fileprivate var contentBytes: Int { references.count * 9 + lines.contentBytes + keys.contentBytes }
}

extension StringColumn {
  fileprivate var contentBytes: Int { ends.count * 4 + bytes.count }
}

extension LineColumn {
  fileprivate var contentBytes: Int { ends.count * 4 + entries.count * MemoryLayout<LineEntry>.stride }
}

extension KeyColumn {
  fileprivate var contentBytes: Int { keys.contentBytes + digests.count * MemoryLayout<ContentDigest>.stride }
}
