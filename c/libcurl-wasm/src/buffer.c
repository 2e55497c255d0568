#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and the NUL. */
static bool reserve(struct cw_buffer *buffer, size_t more) {
  const size_t limit = buffer->limit ? buffer->limit : SIZE_MAX / 4;
  if (more > limit || buffer->length > limit - more) return false;
  const size_t needed = buffer->length + more + 1;
  if (needed <= buffer->capacity) return true;
  size_t capacity = buffer->capacity ? buffer->capacity : 128;
  while (capacity < needed) capacity *= 2;
  char *data = realloc(buffer->data, capacity);
  if (!data) return false;
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

bool cw_buffer_append(struct cw_buffer *buffer, const void *bytes, size_t length) {
  if (buffer->failed || !reserve(buffer, length)) {
    buffer->failed = true;
    return false;
  }
  if (length > 0) memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
  buffer->data[buffer->length] = '\0';
  return true;
}

bool cw_buffer_text(struct cw_buffer *buffer, const char *text) {
  return cw_buffer_append(buffer, text, strlen(text));
}

bool cw_buffer_format(struct cw_buffer *buffer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (buffer->failed || length < 0 || !reserve(buffer, (size_t)length)) {
    buffer->failed = true;
    return false;
  }
  va_start(arguments, format);
  vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  buffer->length += (size_t)length;
  return true;
}

void cw_buffer_clear(struct cw_buffer *buffer) {
  buffer->length = 0;
  buffer->failed = false;
}

void cw_buffer_free(struct cw_buffer *buffer) {
  free(buffer->data);
  *buffer = (struct cw_buffer){.limit = buffer->limit};
}
