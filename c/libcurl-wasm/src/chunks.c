#include "chunks.h"

enum { DIGITS_MAX = 32, EXTENSION_LENGTH_MAX = 16384 };

static enum cw_chunk_event flawed(struct cw_chunks *chunks, const char *flaw) {
  chunks->flaw = flaw;
  return CW_CHUNK_ERROR;
}

static char take(struct cw_span *input) {
  const char c = *input->data++;
  input->length--;
  return c;
}

/* Digits up to what is none, which stays in the input. */
static enum cw_chunk_event read_size(struct cw_chunks *chunks, struct cw_span *input) {
  while (input->length > 0) {
    const int digit = cw_hex_digit(input->data[0]);
    if (digit < 0) {
      if (chunks->digits == 0) return flawed(chunks, "a chunk begins without its size");
      chunks->state = CW_CHUNKS_EXTENSION;
      break;
    }
    if (chunks->size > (INT64_MAX >> 4) || ++chunks->digits > DIGITS_MAX)
      return flawed(chunks, "a chunk's size is too large");
    chunks->size = chunks->size * 16 + digit;
    take(input);
  }
  return CW_CHUNK_MORE;
}

/* The rest of the line is ignored, but has an end: a server cannot keep us here for ever. */
static enum cw_chunk_event read_extension(struct cw_chunks *chunks, struct cw_span *input) {
  while (input->length > 0) {
    if (take(input) == '\n') {
      chunks->state = chunks->size > 0 ? CW_CHUNKS_DATA : CW_CHUNKS_LAST;
      break;
    }
    if (++chunks->line_length > EXTENSION_LENGTH_MAX) return flawed(chunks, "a chunk's extension is too long");
  }
  return CW_CHUNK_MORE;
}

static enum cw_chunk_event read_data(struct cw_chunks *chunks, struct cw_span *input, struct cw_span *data) {
  *data = *input;
  if ((int64_t)data->length > chunks->size) data->length = (size_t)chunks->size;
  input->data += data->length;
  input->length -= data->length;
  chunks->size -= (int64_t)data->length;
  if (chunks->size == 0) chunks->state = CW_CHUNKS_DATA_END;
  return CW_CHUNK_DATA;
}

static enum cw_chunk_event read_data_end(struct cw_chunks *chunks, struct cw_span *input) {
  const char c = take(input);
  if (c == '\n') {
    *chunks = (struct cw_chunks){.state = CW_CHUNKS_SIZE};
  } else if (c != '\r' || chunks->saw_return) {
    return flawed(chunks, "a chunk is longer than its size");
  } else {
    chunks->saw_return = true;
  }
  return CW_CHUNK_MORE;
}

enum cw_chunk_event cw_chunks_next(struct cw_chunks *chunks, struct cw_span *input, struct cw_span *data) {
  enum cw_chunk_event event = CW_CHUNK_MORE;
  if (chunks->flaw) return CW_CHUNK_ERROR;
  while (event == CW_CHUNK_MORE && chunks->state != CW_CHUNKS_LAST && input->length > 0) {
    switch (chunks->state) {
      case CW_CHUNKS_SIZE: event = read_size(chunks, input); break;
      case CW_CHUNKS_EXTENSION: event = read_extension(chunks, input); break;
      case CW_CHUNKS_DATA: event = read_data(chunks, input, data); break;
      case CW_CHUNKS_DATA_END: event = read_data_end(chunks, input); break;
      case CW_CHUNKS_LAST: break;
    }
  }
  return event == CW_CHUNK_MORE && chunks->state == CW_CHUNKS_LAST ? CW_CHUNK_END : event;
}
