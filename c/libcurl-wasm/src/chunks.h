/* The chunked transfer coding (RFC 9112, 7.1), up to the trailers. Incremental, does no I/O. */
#ifndef CW_CHUNKS_H
#define CW_CHUNKS_H

#include <stdint.h>

#include "text.h"

enum cw_chunks_state {
  CW_CHUNKS_SIZE,
  CW_CHUNKS_EXTENSION, /* from after the digits to the end of the line */
  CW_CHUNKS_DATA,
  CW_CHUNKS_DATA_END, /* the line end after the data */
  CW_CHUNKS_LAST      /* the chunk of size 0 was read */
};

/* All zero is the start of a body. */
struct cw_chunks {
  enum cw_chunks_state state;
  int64_t size;     /* of the current chunk; while in DATA, what is left of it */
  int digits;       /* read of its size */
  int line_length;  /* of what follows the digits */
  bool saw_return;  /* in DATA_END */
  const char *flaw; /* why CW_CHUNK_ERROR */
};

enum cw_chunk_event { CW_CHUNK_MORE, CW_CHUNK_DATA, CW_CHUNK_END, CW_CHUNK_ERROR };

/* Takes what it can off the front of *input. With CW_CHUNK_DATA, *data is a part of the body; with CW_CHUNK_END, the
 * trailers follow. */
enum cw_chunk_event cw_chunks_next(struct cw_chunks *chunks, struct cw_span *input, struct cw_span *data);

#endif
