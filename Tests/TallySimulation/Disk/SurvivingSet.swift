import TallyTestSupport

/// Something that a power loss decides: which of `count` possibilities survives. 0 is what is on the platter; the last
/// is what programs saw.
struct Uncertainty: Sendable {
  enum Place: Hashable, Sendable {
    case sector(file: Int, Int)
    case size(file: Int)
    case name(directory: String, String)
  }
  let place: Place
  let count: Int
}

extension SimulatedDisk {
  /// All that a power loss would decide now, in an order that depends on nothing but the disk.
  ///
  /// - Parameter ignored: names of files whose contents decide nothing (a lock file's).
  func uncertainties(ignoring ignored: Set<String> = []) -> [Uncertainty] {
    var found = [Uncertainty]()
    var reachable = Set<Int>()
    for directory in directories.keys.sorted() {
      guard let names = directories[directory] else { continue }
      for (name, meaning) in names.sorted(by: { $0.key < $1.key }) {
        if !meaning.pending.isEmpty {
          found.append(Uncertainty(place: .name(directory: directory, name), count: meaning.pending.count + 1))
        }
        if ignored.contains(name) { continue }
        for case .file(let file)? in meaning.pending + [meaning.durable] { reachable.insert(file) }
      }
    }
    for file in reachable.sorted() where files[file].hasPending {
      let sizes = files[file].possibleSizes.count
      if sizes > 1 { found.append(Uncertainty(place: .size(file: file), count: sizes)) }
      for sector in files[file].uncertainSectors {
        found.append(
          Uncertainty(place: .sector(file: file, sector), count: files[file].versions(of: sector).count + 1))
      }
    }
    return found
  }

  /// The machine after a power loss: everything on the platter, and of what was uncertain the possibilities in `picks`.
  func afterPowerLoss(_ uncertainties: [Uncertainty] = [], _ picks: [Int] = []) -> SimulatedDisk {
    var sizes: [Int: Int] = [:]
    var survivors: [Int: [(sector: Int, bytes: [UInt8])]] = [:]
    var names: [Uncertainty.Place: Node?] = [:]
    for (uncertainty, pick) in zip(uncertainties, picks) where pick > 0 {
      switch uncertainty.place {
      case .sector(let file, let sector):
        survivors[file, default: []].append((sector, files[file].versions(of: sector)[pick - 1]))
      case .size(let file): sizes[file] = files[file].possibleSizes[pick]
      case .name(let directory, let name):
        names[uncertainty.place] = .some(directories[directory]?[name]?.pending[pick - 1] ?? nil)
      }
    }
    var disk = SimulatedDisk()
    disk.generation = generation
    disk.halfWritten = halfWritten
    disk.files = files.indices.map { file in
      files[file].afterPowerLoss(size: sizes[file] ?? files[file].durableSize, survivors: survivors[file] ?? [])
    }
    for (directory, meanings) in directories {
      var kept: [String: Name] = [:]
      for (name, meaning) in meanings {
        let node = names[.name(directory: directory, name)] ?? meaning.durable
        if let node { kept[name] = Name(now: node, durable: node) }
      }
      disk.directories[directory] = kept
    }
    disk.dropUnreachableDirectories()
    return disk
  }

  private mutating func dropUnreachableDirectories() {
    for path in directories.keys.sorted(by: { $0.count < $1.count }) where !path.isEmpty {
      let path = SimulatedPath(path)
      if directories[path.directory]?[path.name]?.now != .directory { directories[path.text] = nil }
    }
  }

  /// Tells surviving sets apart: equal only if what is on the disk is (but for a chance of 2^-64).
  func fingerprint(_ uncertainties: [Uncertainty], _ picks: [Int]) -> UInt64 {
    var total = UInt64(generation) &* 0x9E37_79B9_7F4A_7C15
    for (uncertainty, pick) in zip(uncertainties, picks) where pick > 0 {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
      }
      func mix(_ bytes: some Sequence<UInt8>) { for byte in bytes { mix(UInt64(byte)) } }
      switch uncertainty.place {
      case .sector(let file, let sector):
        mix(UInt64(file) << 32 | UInt64(sector))
        files[file].versions(of: sector)[pick - 1].withUnsafeBytes { bytes in
          for offset in stride(from: 0, to: bytes.count, by: 8) {
            mix(bytes.load(fromByteOffset: offset, as: UInt64.self))
          }
        }
      case .size(let file):
        mix(UInt64(file) | 1 << 62)
        mix(UInt64(files[file].possibleSizes[pick]))
      case .name(let directory, let name):
        mix(directory.utf8)
        mix(name.utf8)
        let node: Node? = directories[directory]?[name]?.pending[pick - 1] ?? nil
        switch node {
        case nil: mix(1)
        case .directory: mix(2)
        case .file(let file): mix(UInt64(file) + 3)
        }
      }
      // A sum, so that the order does not matter.
      total &+= hash
    }
    return total
  }
}

/// Which possibilities survive a power loss.
enum SurvivingSet {
  /// Every combination, if there are at most `bound`; else all and nothing, each thing alone, all but each thing, all
  /// prefixes, and random combinations up to the bound.
  static func all(_ uncertainties: [Uncertainty], bound: Int, _ random: inout SplitMix64) -> [[Int]] {
    var product = 1
    for uncertainty in uncertainties where product <= bound { product *= uncertainty.count }
    return product <= bound ? combinations(uncertainties) : sample(uncertainties, bound, &random)
  }

  private static func combinations(_ uncertainties: [Uncertainty]) -> [[Int]] {
    var sets = [[Int]]()
    var picks = [Int](repeating: 0, count: uncertainties.count)
    while true {
      sets.append(picks)
      var index = 0
      while index < picks.count {
        picks[index] += 1
        if picks[index] < uncertainties[index].count { break }
        picks[index] = 0
        index += 1
      }
      if index == picks.count { return sets }
    }
  }

  private static func sample(_ uncertainties: [Uncertainty], _ bound: Int, _ random: inout SplitMix64) -> [[Int]] {
    let none = [Int](repeating: 0, count: uncertainties.count)
    let every = uncertainties.map { $0.count - 1 }
    var sets = Set([none, every])
    for index in uncertainties.indices {
      for pick in 0..<uncertainties[index].count {
        var alone = none
        alone[index] = pick
        var without = every
        without[index] = pick
        sets.formUnion([alone, without, Array(every[...index]) + none[(index + 1)...]])
      }
    }
    while sets.count < bound { sets.insert(one(uncertainties, &random)) }
    return sets.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// One at random: more often than chance would have it nearly everything or nearly nothing.
  static func one(_ uncertainties: [Uncertainty], _ random: inout SplitMix64) -> [Int] {
    let bias = random.number(0...4)
    return uncertainties.map { uncertainty in
      switch bias {
      case 0: random.one(in: 6) ? random.number(0...(uncertainty.count - 1)) : 0
      case 1: random.one(in: 6) ? random.number(0...(uncertainty.count - 1)) : uncertainty.count - 1
      default: random.number(0...(uncertainty.count - 1))
      }
    }
  }
}
