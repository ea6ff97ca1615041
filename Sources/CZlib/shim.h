#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not see. 15 bits of window, and 16 for the gzip format.
static inline int tally_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/// The same of `deflateInit2`; `level` from 1, the fastest, to 9.
static inline int tally_deflate_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
