import Glibc
import Tallystick

/// Where the logs of a run are made.
struct Workspace: Sendable {
  let path: String
  private let isKept: Bool

  init(keep: String?, under parent: String) throws {
    if let keep {
      path = keep
      isKept = true
      if mkdir(keep, 0o755) != 0, errno != EEXIST { throw BenchmarkError("cannot make \(keep)") }
    } else {
      path = "\(parent)/tally-bench-\(getpid())"
      isKept = false
      guard mkdir(path, 0o755) == 0 else { throw BenchmarkError("cannot make \(path); name another place with --dir") }
    }
  }

  /// A path where nothing is.
  func fresh(_ name: String) -> String {
    var candidate = "\(path)/\(name)"
    var number = 2
    while access(candidate, F_OK) == 0 {
      candidate = "\(path)/\(name)-\(number)"
      number += 1
    }
    return candidate
  }

  func removeUnlessKept() { if !isKept { Workspace.remove(path) } }

  static func remove(_ path: String) {
    if let names = try? LocalFileSystem().list(path) { for name in names { remove("\(path)/\(name)") } }
    Glibc.remove(path)
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Seconds of the monotonic clock.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

/// The bare cost of durability on this disk: overwriting 4 KiB of a preallocated file and fdatasync, in seconds.
func bareSync(in workspace: Workspace, count: Int = 2_000) throws -> Double {
  median(try bareSyncs(in: workspace, count: count))
}

/// As ``bareSync(in:count:)``, each one.
func bareSyncs(in workspace: Workspace, count: Int) throws -> [Double] {
  let path = workspace.fresh("bare-sync")
  let file = try LocalFileSystem().open(path, .create)
  defer {
    file.close()
    Glibc.remove(path)
  }
  try file.write([UInt8](repeating: 0, count: 64 << 10), at: 0)
  try file.sync()
  let block = [UInt8](repeating: 7, count: 4096)
  var times = [Double]()
  for index in 0..<count {
    let start = seconds()
    try file.write(block, at: index % 16 * 4096)
    try file.sync()
    times.append(seconds() - start)
  }
  return times
}

/// The bare cost of reading a log: seconds to read the frames, check their hashes and decompress them.
func bareRead(_ path: String) throws -> Double {
  let start = seconds()
  let stream = try FrameStream(LogDirectory(path), files: LocalFileSystem())
  let decompressor = LZ4Decompressor()
  var bytes = 0
  while case .frame(let frame, _) = try stream.next() {
    defer { stream.recycle(frame) }
    if frame.isEmpty { continue }
    bytes += try frame.withPayload { payload in
      try decompressor.withDecompressed(payload, maximum: Limits.maxPayloadBytes) { $0.count }
    }
  }
  guard bytes > 0 else { throw BenchmarkError("there was nothing to decompress") }
  return seconds() - start
}

/// SplitMix64 (S. Vigna): the same numbers in every run.
struct Numbers: RandomNumberGenerator, Sendable {
  private var state: UInt64
  /// - Parameter skipping: how many numbers to pass over.
  init(seed: UInt64, skipping: Int = 0) { state = seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(skipping) }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
