/* What the _r functions of netdb fill: the caller's buffer, front to back. */
#ifndef POSIX_WASM_BUFFER_H
#define POSIX_WASM_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
  char *at;
  size_t left;
};

/* Room for `size` bytes, aligned for pointers; NULL when there is none. */
static inline void *buffer_take(struct buffer *buffer, size_t size) {
  size_t gap = -(uintptr_t)buffer->at & (sizeof(void *) - 1);
  if (gap > buffer->left || size > buffer->left - gap) return NULL;
  char *taken = buffer->at + gap;
  buffer->at = taken + size;
  buffer->left -= gap + size;
  return taken;
}

static inline char *buffer_text(struct buffer *buffer, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = (char *)buffer_take(buffer, size);
  return copy ? (char *)memcpy(copy, text, size) : NULL;
}

#endif
