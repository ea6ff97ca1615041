#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not see. 15 bits of window, and 16 for the gzip format.
static inline int tally_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
