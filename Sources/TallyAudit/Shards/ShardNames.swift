import TallyFormat

/// Ids and keys that are used in more than one shard: fingerprints first, then the names themselves.
struct ShardNames {
  /// Fingerprints that two shards have.
  let suspects: Set<UInt64>

  init(_ shards: [ShardEvents]) {
    var all: [(fingerprint: UInt64, shard: Int)] = []
    all.reserveCapacity(shards.reduce(0) { $0 + $1.fingerprints.count })
    for events in shards { for fingerprint in events.fingerprints { all.append((fingerprint, events.shard)) } }
    all.sort { $0.fingerprint < $1.fingerprint }
    var suspects = Set<UInt64>()
    for (one, next) in zip(all, all.dropFirst()) where one.fingerprint == next.fingerprint && one.shard != next.shard {
      suspects.insert(one.fingerprint)
    }
    self.suspects = suspects
  }

  /// Where each suspect name stands, by reading the logs again.
  struct Uses {
    private let suspects: Set<UInt64>
    private let hasher: NameHasher
    private var uses: [Name: (shard: Int, sequence: UInt64)] = [:]
    private(set) var violations: [ShardViolation] = []

    init(_ suspects: Set<UInt64>, _ hasher: NameHasher) {
      self.suspects = suspects
      self.hasher = hasher
    }

    mutating func judge(_ columns: EventColumns, in shard: Int) {
      var cursor = EventColumns.Cursor()
      while let row = columns.next(&cursor) {
        guard let column = columns.names(of: row.kind), !column.range(row.ordinal).isEmpty else { continue }
        let name = column[row.ordinal]
        let fingerprint = name.bytes.withUnsafeBytes { hasher.fingerprint($0) }
        // All parts of a cart have one name: that is how they are told.
        guard suspects.contains(fingerprint), row.kind != .reserved || CartPart(name) == nil else { continue }
        guard let first = uses[name] else {
          uses[name] = (shard, row.sequence)
          continue
        }
        if first.shard == shard { continue }
        violations.append(
          ShardViolation(
            rule: .nameElsewhere, shard: shard, sequence: row.sequence,
            detail: "“\(name)” was used by event \(first.sequence) of shard \(first.shard) already"))
      }
    }
  }
}
