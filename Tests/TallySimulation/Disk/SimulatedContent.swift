import Glibc
import TallyTestSupport

/// What one file holds, twice: in the page cache, as programs see it, and on the platter, as a power loss leaves it.
///
/// Between the two stand the versions that each sector has had since the last sync: after a power loss any of them, or
/// the one before them all, may be what is there. So any subset of the unsynced writes survives, in any order, torn at
/// sectors.
struct SimulatedContent: Sendable {
  static let sectorBytes = 512

  private(set) var cache: [UInt8] = []
  private var durable: [UInt8] = []
  private(set) var durableSize = 0
  /// By sector, oldest first; the last is what the cache holds.
  private var versions: [Int: [[UInt8]]] = [:]
  private var sizes: [Int] = []

  var hasPending: Bool { !versions.isEmpty || !sizes.isEmpty }

  // MARK: What programs do

  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    guard !bytes.isEmpty else { return }
    let end = offset + bytes.count
    if end > cache.count { setSize(end) }
    cache.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyMemory(from: bytes) }
    for sector in (offset / Self.sectorBytes)...((end - 1) / Self.sectorBytes) { noteVersion(of: sector) }
  }

  mutating func truncate(to size: Int) {
    guard size < cache.count else { return setSize(size) }
    // What is cut off reads as zeros should the file grow again.
    let end = cache.count
    cache.withUnsafeMutableBytes {
      _ = UnsafeMutableRawBufferPointer(rebasing: $0[size..<end]).initializeMemory(as: UInt8.self, repeating: 0)
    }
    for sector in (size / Self.sectorBytes)..<((end + Self.sectorBytes - 1) / Self.sectorBytes) {
      noteVersion(of: sector)
    }
    setSize(size)
  }

  private mutating func setSize(_ size: Int) {
    if size == cache.count { return }
    if size < cache.count {
      cache.removeLast(cache.count - size)
    } else {
      cache.append(contentsOf: repeatElement(0, count: size - cache.count))
    }
    sizes.append(size)
  }

  /// Everything in the cache reaches the platter.
  mutating func sync() {
    if !sizes.isEmpty { durableSize = cache.count }
    for sector in versions.keys { copyToPlatter(sector) }
    if durable.count > durableSize { durable.removeLast(durable.count - durableSize) }
    versions.removeAll(keepingCapacity: true)
    sizes.removeAll(keepingCapacity: true)
  }

  /// A sync that fails: each dirty sector reaches the platter or does not, all are marked clean, and the cache keeps
  /// the new bytes or reads the old ones again. The size is metadata and stays to be written.
  mutating func failSync(_ random: inout SplitMix64) {
    for sector in versions.keys.sorted() {
      switch random.number(0...2) {
      case 0: copyToPlatter(sector)
      case 1: break
      default: copyFromPlatter(sector)
      }
    }
    versions.removeAll(keepingCapacity: true)
  }

  // MARK: What a power loss may leave

  /// Which sizes the file may have: the durable one first, without doubles.
  var possibleSizes: [Int] { sizes.reduce(into: [durableSize]) { if !$0.contains($1) { $0.append($1) } } }
  /// Sectors of which more than one content may survive, ascending.
  var uncertainSectors: [Int] { versions.keys.sorted() }
  /// What the sector may hold besides its durable content.
  func versions(of sector: Int) -> [[UInt8]] { versions[sector] ?? [] }

  /// The file after a power loss.
  ///
  /// - Parameters:
  ///   - size: one of ``possibleSizes``.
  ///   - survivors: contents of sectors in place of the durable ones.
  func afterPowerLoss(size: Int, survivors: [(sector: Int, bytes: [UInt8])]) -> SimulatedContent {
    var content = SimulatedContent()
    content.durable = durable
    for (sector, bytes) in survivors { content.replace(sector, on: \.durable, with: bytes) }
    if content.durable.count > size { content.durable.removeLast(content.durable.count - size) }
    if content.durable.count < size {
      content.durable.append(contentsOf: repeatElement(0, count: size - content.durable.count))
    }
    content.durableSize = size
    content.cache = content.durable
    return content
  }

  // MARK: What media do

  /// Changes what is stored, behind everybody's back. The cache has it, too: it was read again.
  mutating func corrupt(_ change: (inout [UInt8]) -> Void) {
    change(&cache)
    durable = cache
    durableSize = cache.count
  }

  // MARK: Sectors

  private func range(of sector: Int, within count: Int) -> Range<Int> {
    min(sector * Self.sectorBytes, count)..<min((sector + 1) * Self.sectorBytes, count)
  }

  private mutating func noteVersion(of sector: Int) {
    let known = versions[sector]
    if let last = known?.last {
      if holds(cache, sector, last) { return }
    } else if holdsTheSame(sector) {
      return
    }
    var bytes = Array(cache[range(of: sector, within: cache.count)])
    bytes.append(contentsOf: repeatElement(0, count: Self.sectorBytes - bytes.count))
    versions[sector, default: []].append(bytes)
  }

  /// Whether the sector is the same in cache and on the platter; what is beyond the end counts as zeros.
  private func holdsTheSame(_ sector: Int) -> Bool {
    let here = range(of: sector, within: cache.count)
    let there = range(of: sector, within: durable.count)
    let shared = min(here.count, there.count)
    return cache.withUnsafeBytes { cache in
      durable.withUnsafeBytes { durable in
        isEqual(cache[here].prefix(shared), durable[there].prefix(shared)) && isZero(cache[here].dropFirst(shared))
          && isZero(durable[there].dropFirst(shared))
      }
    }
  }

  private func holds(_ bytes: [UInt8], _ sector: Int, _ expected: [UInt8]) -> Bool {
    let here = range(of: sector, within: bytes.count)
    return bytes.withUnsafeBytes { bytes in
      expected.withUnsafeBytes { expected in
        isEqual(bytes[here], expected.prefix(here.count)) && isZero(expected.dropFirst(here.count))
      }
    }
  }

  private mutating func copyToPlatter(_ sector: Int) {
    replace(sector, on: \.durable, with: Array(cache[range(of: sector, within: cache.count)]))
  }

  private mutating func copyFromPlatter(_ sector: Int) {
    let there = range(of: sector, within: durable.count)
    var bytes = Array(durable[there])
    bytes.append(contentsOf: repeatElement(0, count: Self.sectorBytes - bytes.count))
    let here = range(of: sector, within: cache.count)
    cache.replaceSubrange(here, with: bytes.prefix(here.count))
  }

  /// Puts `bytes`, and zeros after them, where the sector is.
  private mutating func replace(
    _ sector: Int, on side: WritableKeyPath<SimulatedContent, [UInt8]>, with bytes: [UInt8]
  ) {
    let start = sector * Self.sectorBytes
    let missing = start + Self.sectorBytes - self[keyPath: side].count
    if missing > 0 { self[keyPath: side].append(contentsOf: repeatElement(0, count: missing)) }
    self[keyPath: side].replaceSubrange(start..<(start + bytes.count), with: bytes)
    for index in (start + bytes.count)..<(start + Self.sectorBytes) { self[keyPath: side][index] = 0 }
  }
}

private func isEqual(_ a: Slice<UnsafeRawBufferPointer>, _ b: Slice<UnsafeRawBufferPointer>) -> Bool {
  let a = UnsafeRawBufferPointer(rebasing: a)
  let b = UnsafeRawBufferPointer(rebasing: b)
  guard a.count == b.count, let left = a.baseAddress, let right = b.baseAddress else { return a.count == b.count }
  return memcmp(left, right, a.count) == 0
}

private func isZero(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
  var bytes = UnsafeRawBufferPointer(rebasing: bytes)
  while bytes.count >= 8 {
    if bytes.loadUnaligned(as: UInt64.self) != 0 { return false }
    bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(8))
  }
  return bytes.allSatisfy { $0 == 0 }
}
