#include <fcntl.h>
#include <sys/vfs.h>

/// Asks the processor to bring the memory at `address` into its caches. Harmless for any address.
static inline void tally_prefetch(const void *address) { __builtin_prefetch(address); }

/// `pipe2(ends, O_CLOEXEC)`, which Swift's Glibc does not show.
int pipe2(int ends[2], int flags);
static inline int tally_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
