import CKernel

/// What a process does with memory that it has freed.
///
/// A log under load takes and frees large tables all the time: frames, snapshots, indexes of names. A virtual machine
/// that gave freed pages back to its host pays for getting them again with a fault each (measured here: 1.3 against
/// 0.12 s a gigabyte; a third of the whole append).
package enum FreedMemory {
  /// Keeps freed memory for the next use instead of giving it back to the system.
  ///
  /// For programs whose main work is a log; it sets glibc's `malloc` for the whole process, so call it first thing.
  /// Nothing depends on it but speed.
  ///
  /// One heap also takes memory `bytes` at a time, the first time on huge pages: three page faults in four fewer, and a tenth
  /// to a quarter less time for one-shot commands (measured: 37 to 33 ms for `tally reserve` on 100,000 events).
  ///
  /// - Parameters:
  ///   - bytes: what may be kept at most at a heap's top; a sixteenth of the addresses that the process may use, where
  ///     that is less.
  ///   - heaps: how many heaps the threads share. One suits a log, whose threads pass large tables to each other; 0, as
  ///     many as the system likes, suits threads that allocate much and apart.
  package static func keep(upTo bytes: Int = 256 << 20, heaps: Int = 1) {
    tally_keep_freed_memory(Int32(clamping: bytes), Int32(clamping: heaps))
  }
}
