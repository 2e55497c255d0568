/* Bytes that grow at the end, up to a limit. */
#ifndef CW_BUFFER_H
#define CW_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer without a limit. A failed append sets `failed` and leaves the rest alone, so that a
 * caller may append many times and look once. */
struct cw_buffer {
  char *data; /* ended by a NUL that `length` does not count; NULL before the first append */
  size_t length;
  size_t capacity;
  size_t limit; /* most bytes it may hold; 0: any number */
  bool failed;  /* out of memory, or past the limit */
};

bool cw_buffer_append(struct cw_buffer *buffer, const void *bytes, size_t length);
bool cw_buffer_text(struct cw_buffer *buffer, const char *text);
bool cw_buffer_format(struct cw_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cw_buffer_clear(struct cw_buffer *buffer); /* empties it and keeps its memory */
void cw_buffer_free(struct cw_buffer *buffer);

#endif
