import Synchronization
import TallyFormat

/// What programs see of a disk, to tell whether it was judged before: the digest of all its files.
struct DiskContents: Hashable, Sendable {
  private let digest: [UInt8]

  /// - Parameter isDone: whether what the disk stands for had been done; judged differently, it is another.
  init(_ disk: SimulatedDisk, isDone: Bool) {
    var all = [UInt8(isDone ? 1 : 0)]
    for directory in disk.directories.keys.sorted() {
      all += Array("\(directory)/\0".utf8)
      for name in disk.names(in: directory) ?? [] {
        all += Array("\(name)\0".utf8)
        guard case .file(let file)? = disk.directories[directory]?[name]?.now else { continue }
        all += Digest.sha256(disk.files[file].cache).bytes
      }
    }
    for path in disk.halfWritten.sorted() { all += Array("\(path)\0".utf8) }
    digest = Digest.sha256(all).bytes
  }
}

/// What disks held that have been judged: most faults leave the same few. Whoever is first with one judges it.
final class JudgedDisks: Sendable {
  private let seen = Mutex<Set<DiskContents>>([])

  func isNew(_ contents: DiskContents) -> Bool { seen.withLock { $0.insert(contents).inserted } }
}
