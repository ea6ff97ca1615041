import Glibc

/// A growing array of plain values at stable cost: one bounds check an access, no reference counting, no uniqueness
/// check, elements aligned to cache lines.
///
struct FlatMemory<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init() {
    capacity = 64
    base = FlatMemory.allocate(64)
  }

  deinit { free(base) }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    let memory = LargeMemory.allocate(capacity * MemoryLayout<Element>.stride)
    return memory.bindMemory(to: Element.self, capacity: capacity)
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = FlatMemory.allocate(capacity * 2)
    larger.initialize(from: base, count: count)
    free(base)
    base = larger
    capacity *= 2
  }

  /// Bytes to be asked for when so many more are appended; 0: they fit.
  func growth(by more: Int) -> Int {
    var larger = capacity
    while larger < count + more { larger *= 2 }
    return larger == capacity ? 0 : larger * MemoryLayout<Element>.stride
  }

  /// Where an element stands, until the next `append`.
  @inline(__always)
  func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(index >= 0 && index < count, "an index beyond the memory")
    return base + index
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get { pointer(index).pointee }
    set { pointer(index).pointee = newValue }
  }
}

/// Memory that is accessed all over: on pages of 2 MiB where the system has them.
///
/// An access to a small page that the processor has no translation for costs more than the access itself, most of all on
/// a virtual machine.
enum LargeMemory {
  private static let pageBytes = 2 << 20

  /// Uninitialised memory; give it back with `free`.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let isLarge = bytes >= pageBytes
    let size = isLarge ? (bytes + pageBytes - 1) / pageBytes * pageBytes : max(bytes, 64)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? pageBytes : 64, size) == 0, let memory else { isRefused(size) }
    // Advice only: where it cannot be followed everything works as well, slower.
    if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    return memory
  }

  /// Memory of another size with what is in `old`, on pages as `malloc` has them; give it back with `free`.
  static func resize(_ old: UnsafeMutableRawPointer?, to bytes: Int) -> UnsafeMutableRawPointer {
    guard let memory = realloc(old, max(bytes, 1)) else { isRefused(bytes) }
    return memory
  }

  /// Ends the process with the exit code of an input/output error, and says why.
  ///
  /// ``MemoryRoom`` asks for what the log makes the tables grow by before they do, and answers with an error. Here that
  /// was in vain: another thread took what it had found, and half-grown tables are no use to anybody.
  private static func isRefused(_ bytes: Int) -> Never {
    // Without memory: a text that is in the program.
    let text: StaticString = "out of memory: the audit was refused what its tables need; give the process more\n"
    _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
    _exit(EX_IOERR)
  }
}
