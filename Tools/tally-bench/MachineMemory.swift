import Glibc

/// Memory that the machine has been told it has, and may yet have to get.
enum MachineMemory {
  /// Touches so much memory once and gives it back to the system.
  ///
  /// A virtual machine that has given free pages back to its host gets each again with a fault of several microseconds
  /// (measured here: 1.3 to 2.5 s a gigabyte, after which the same costs 0.2 s). Without this, a figure that needs fresh
  /// memory says more about what ran on the machine before than about the log: by a half, and differently each time.
  static func fetch(mebibytes: Int) {
    // Of both kinds: what was freed last is given out first, large pages to who asks for large ones.
    touch(mebibytes << 20, MADV_NOHUGEPAGE)
    touch(mebibytes << 20, MADV_HUGEPAGE)
  }

  private static func touch(_ bytes: Int, _ advice: Int32) {
    guard bytes > 0, let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { return }
    madvise(memory, bytes, advice)
    for page in stride(from: 0, to: bytes, by: 4096) { memory.storeBytes(of: 1, toByteOffset: page, as: UInt8.self) }
    munmap(memory, bytes)
  }
}
