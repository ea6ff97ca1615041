#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

/// Asks the processor to bring the memory at `address` into its caches. Harmless for any address.
static inline void tally_prefetch(const void *address) { __builtin_prefetch(address); }

/// `pipe2(ends, O_CLOEXEC)`, which Swift's Glibc does not show.
int pipe2(int ends[2], int flags);
static inline int tally_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

/// Asks the kernel to back the whole 2 MiB pages within a range by huge pages. A hint: nothing depends on it.
static inline void tally_advise_huge_pages(void *address, size_t length) {
  const uintptr_t size = (uintptr_t)2 << 20;
  uintptr_t begin = ((uintptr_t)address + size - 1) & ~(size - 1);
  uintptr_t end = ((uintptr_t)address + length) & ~(size - 1);
  if (begin < end) madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

/// Writes to each page of a range, which nobody uses yet: the kernel finds the memory now. Page by page: `madvise` with
/// MADV_POPULATE_WRITE would keep the whole address space from changing meanwhile.
static inline void tally_touch_pages(void *address, size_t length) {
  const size_t size = (size_t)sysconf(_SC_PAGESIZE);
  for (size_t offset = 0; offset < length; offset += size) *((volatile char *)address + offset) = 0;
}

/// Tells malloc to keep what is freed for the next who asks, up to `bytes` at the top of each of `heaps` (0: as many as it
/// likes), and to take memory in large steps; the first of them on huge pages, if it is to be one heap. Where the process
/// may have few addresses only (`ulimit -v`) a step is a sixteenth of them: one that is refused is refused whole.
static inline void tally_keep_freed_memory(int bytes, int heaps) {
  struct rlimit addresses;
  if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur / 16 < (rlim_t)bytes) bytes = addresses.rlim_cur / 16;
  if (heaps > 0) mallopt(M_ARENA_MAX, heaps);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, bytes);
  if (heaps != 1) return;
  mallopt(M_TOP_PAD, bytes);
  char *begin = sbrk(0);
  // More than is free at the top, so that the heap grows; volatile, so that the compiler leaves it.
  void *volatile more = malloc(4 << 20);
  free(more);
  char *end = sbrk(0);
  if (begin < end) tally_advise_huge_pages(begin, end - begin);
}
