import Tallystick

/// What no reservation can be cheaper than: its id put into a table in memory, and a stock lowered. Nothing is written.
///
/// Most of it is the cache misses of the table, as in the log, so that the quotient says more about the log than about
/// the machine.
struct MemoryReference {
  let ids: OrderIDs
  let skus: Int

  /// Seconds for one reservation; `count` are made.
  func seconds(_ count: Int) -> Double {
    var numbers = Numbers(seed: 42)
    var bytes = [UInt8]()
    var flat = [UInt8]()
    let round = min(count, 1 << 20)
    var capacity = 1
    while capacity < count * 2 { capacity *= 2 }
    var table = [UInt64](repeating: 0, count: capacity)
    var stock = [Int64](repeating: 1 << 40, count: skus)
    var elapsed = 0.0
    var made = 0
    while made < count {
      flat.removeAll(keepingCapacity: true)
      for index in 0..<round {
        ids.write(made + index + 1, &numbers, into: &bytes)
        flat += bytes
      }
      let length = bytes.count
      let start = tally_bench.seconds()
      for index in 0..<round {
        let hash = MemoryReference.hash(flat, index * length, length)
        var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
        while table[slot] != 0, table[slot] != hash { slot = (slot + 1) & (capacity - 1) }
        let item = Int(truncatingIfNeeded: hash >> 32) % skus
        if table[slot] == 0, stock[item] > 0 {
          table[slot] = hash
          stock[item] -= 1
        }
      }
      elapsed += tally_bench.seconds() - start
      made += round
    }
    return elapsed / Double(made)
  }

  /// FNV-1a over words of eight bytes, with a last mixing step.
  private static func hash(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBytes { raw in
      var place = start
      while place + 8 <= start + count {
        hash = (hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0x100_0000_01B3
        place += 8
      }
      while place < start + count {
        hash = (hash ^ UInt64(raw[place])) &* 0x100_0000_01B3
        place += 1
      }
    }
    hash = (hash ^ (hash >> 29)) &* 0x94D0_49BB_1331_11EB
    return max(1, hash ^ (hash >> 32))
  }
}
