#include "response.h"

#include <string.h>

static enum cw_event broken(struct cw_response *response, CURLcode error, const char *flaw) {
  response->state = CW_BROKEN;
  response->error = error;
  response->flaw = flaw;
  return CW_EVENT_ERROR;
}

static void start_head(struct cw_response *response) {
  response->state = CW_STATUS_LINE;
  response->status = 0;
  response->content_length = -1;
  response->is_chunked = response->says_close = response->says_keep_alive = response->has_length = false;
}

void cw_response_start(struct cw_response *response, bool answers_head) {
  *response = (struct cw_response){.answers_head = answers_head, .line = {.limit = CW_LINE_LENGTH_MAX}};
  start_head(response);
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static struct cw_span line_of(const struct cw_response *response) {
  return (struct cw_span){response->line.data, response->line.length};
}

/* "HTTP/1.1 200 OK" or "HTTP/1.0 200". */
static enum cw_event read_status_line(struct cw_response *response) {
  const struct cw_span line = cw_span_trim(line_of(response));
  const char *text = line.data;
  if (line.length < 12 || memcmp(text, "HTTP/1.", 7) != 0 || (text[7] != '0' && text[7] != '1') || text[8] != ' ')
    return broken(response, CURLE_UNSUPPORTED_PROTOCOL, "the status line is not one of HTTP/1.0 or HTTP/1.1");
  for (int i = 9; i < 12; i++)
    if (!cw_is_digit(text[i])) return broken(response, CURLE_UNSUPPORTED_PROTOCOL, "the status is no number");
  if (text[9] == '0' || (line.length > 12 && text[12] != ' '))
    return broken(response, CURLE_UNSUPPORTED_PROTOCOL, "the status is not from 100 to 999");
  response->minor = text[7] - '0';
  response->status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
  response->state = CW_HEADERS;
  return CW_EVENT_LINE;
}

static enum cw_event read_content_length(struct cw_response *response, struct cw_span value) {
  int64_t length;
  if (!cw_parse_decimal(value, &length))
    return broken(response, CURLE_WEIRD_SERVER_REPLY, "the Content-Length is no number, or too large");
  if (response->has_length && length != response->content_length)
    return broken(response, CURLE_WEIRD_SERVER_REPLY, "there are two different Content-Lengths");
  response->has_length = true;
  response->content_length = length;
  return CW_EVENT_LINE;
}

static enum cw_event read_transfer_encoding(struct cw_response *response, struct cw_span value) {
  if (cw_span_is(value, "identity")) return CW_EVENT_LINE;
  if (!cw_span_is(value, "chunked") || response->is_chunked)
    return broken(response, CURLE_BAD_CONTENT_ENCODING, "the Transfer-Encoding is neither chunked nor identity");
  response->is_chunked = true;
  return CW_EVENT_LINE;
}

/* Takes from a header what tells where the response ends. The others are the caller's. */
static enum cw_event read_header(struct cw_response *response) {
  const struct cw_span line = line_of(response);
  struct cw_span value;
  if (cw_is_blank(line.data[0])) return CW_EVENT_LINE; /* the continuation of a folded header */
  if (!memchr(line.data, ':', line.length))
    return broken(response, CURLE_WEIRD_SERVER_REPLY, "a header has no colon");
  if (cw_header_value(line, "Content-Length", &value)) return read_content_length(response, value);
  if (cw_header_value(line, "Transfer-Encoding", &value)) return read_transfer_encoding(response, value);
  if (cw_header_value(line, "Connection", &value)) {
    if (cw_list_has(value, "close")) response->says_close = true;
    if (cw_list_has(value, "keep-alive")) response->says_keep_alive = true;
  }
  return CW_EVENT_LINE;
}

static bool is_blank_line(struct cw_span line) {
  return line.data[0] == '\n' || (line.data[0] == '\r' && line.data[1] == '\n');
}

/* Reads up to a line end into `line`. Returns false when there is none yet, or the line is refused. */
static bool read_line(struct cw_response *response, struct cw_span *input) {
  if (response->line_given) cw_buffer_clear(&response->line);
  response->line_given = false;
  const char *newline = memchr(input->data, '\n', input->length);
  const size_t length = newline ? (size_t)(newline - input->data) + 1 : input->length;
  response->head_length += length;
  if (response->head_length > CW_HEAD_LENGTH_MAX || !cw_buffer_append(&response->line, input->data, length)) {
    broken(response, CURLE_RECV_ERROR, "the headers are too large");
    return false;
  }
  input->data += length;
  input->length -= length;
  response->line_given = newline != NULL;
  return newline != NULL;
}

/* What speaks no HTTP is found out at once, not at the end of its first line. */
static bool begins_with_http(const struct cw_response *response) {
  const size_t length = response->line.length < 5 ? response->line.length : 5;
  return length == 0 || memcmp(response->line.data, "HTTP/", length) == 0;
}

static enum cw_event next_line(struct cw_response *response, struct cw_span *input, struct cw_span *output) {
  const bool is_status_line = response->state == CW_STATUS_LINE;
  const bool is_whole = read_line(response, input);
  if (response->state == CW_BROKEN) return CW_EVENT_ERROR;
  if (is_status_line && !begins_with_http(response))
    return broken(response, CURLE_UNSUPPORTED_PROTOCOL, "the reply is not HTTP/1");
  if (!is_whole) return CW_EVENT_MORE;
  *output = line_of(response);
  if (memchr(output->data, '\0', output->length))
    return broken(response, CURLE_WEIRD_SERVER_REPLY, "there is a NUL in the headers");
  response->has_begun = true;
  if (is_status_line) return read_status_line(response);
  const bool is_end = is_blank_line(*output);
  if (response->state == CW_TRAILERS) {
    if (!is_end) return CW_EVENT_TRAILER;
    response->state = CW_COMPLETE;
    return CW_EVENT_END;
  }
  if (!is_end) return read_header(response);
  response->state = CW_HEAD_READ;
  return CW_EVENT_LINE;
}

/* ---- Bodies ---------------------------------------------------------------------------------------------------- */

/* How the body ends (RFC 9112, 6.3), and whether the connection outlives it. */
static enum cw_event finish_head(struct cw_response *response) {
  const int status = response->status;
  if (status < 200 && status != 101) {
    start_head(response);
    response->status = status;
    return CW_EVENT_HEAD;
  }
  if (response->is_chunked) response->content_length = -1;
  if (status == 204 || status == 304) response->content_length = 0;
  response->keeps_alive =
      response->minor >= 1 ? !response->says_close : response->says_keep_alive && !response->says_close;
  if (response->answers_head || status == 204 || status == 304) {
    response->state = CW_COMPLETE;
  } else if (response->is_chunked) {
    response->state = CW_BODY_CHUNKED;
  } else if (response->has_length) {
    response->remaining = response->content_length;
    response->state = response->remaining > 0 ? CW_BODY_LENGTH : CW_COMPLETE;
  } else {
    response->state = CW_BODY_UNTIL_CLOSE;
    response->keeps_alive = false;
  }
  return CW_EVENT_HEAD;
}

static enum cw_event next_of_length(struct cw_response *response, struct cw_span *input, struct cw_span *output) {
  *output = *input;
  if ((int64_t)output->length > response->remaining) output->length = (size_t)response->remaining;
  input->data += output->length;
  input->length -= output->length;
  response->remaining -= (int64_t)output->length;
  if (response->remaining == 0) response->state = CW_COMPLETE;
  return CW_EVENT_BODY;
}

static enum cw_event next_of_chunks(struct cw_response *response, struct cw_span *input, struct cw_span *output) {
  switch (cw_chunks_next(&response->chunks, input, output)) {
    case CW_CHUNK_DATA: return CW_EVENT_BODY;
    case CW_CHUNK_ERROR: return broken(response, CURLE_RECV_ERROR, response->chunks.flaw);
    case CW_CHUNK_END: response->state = CW_TRAILERS; break;
    case CW_CHUNK_MORE: break;
  }
  return CW_EVENT_MORE;
}

static enum cw_event next_until_close(struct cw_span *input, struct cw_span *output) {
  *output = *input;
  input->data += input->length;
  input->length = 0;
  return CW_EVENT_BODY;
}

/* ---- The parser ------------------------------------------------------------------------------------------------ */

enum cw_event cw_response_next(struct cw_response *response, struct cw_span *input, struct cw_span *output) {
  enum cw_event event = CW_EVENT_MORE;
  if (response->state == CW_HEAD_READ) return finish_head(response);
  if (response->state == CW_COMPLETE) return CW_EVENT_END;
  if (response->state == CW_BROKEN) return CW_EVENT_ERROR;
  while (event == CW_EVENT_MORE && input->length > 0) {
    switch (response->state) {
      case CW_STATUS_LINE:
      case CW_HEADERS:
      case CW_TRAILERS: event = next_line(response, input, output); break;
      case CW_BODY_LENGTH: event = next_of_length(response, input, output); break;
      case CW_BODY_CHUNKED: event = next_of_chunks(response, input, output); break;
      case CW_BODY_UNTIL_CLOSE: event = next_until_close(input, output); break;
      case CW_HEAD_READ:
      case CW_COMPLETE:
      case CW_BROKEN: return CW_EVENT_ERROR; /* handled above */
    }
  }
  return event;
}

bool cw_response_began(const struct cw_response *response) { return response->has_begun; }

CURLcode cw_response_closed(struct cw_response *response) {
  switch (response->state) {
    case CW_COMPLETE: return CURLE_OK;
    case CW_BODY_UNTIL_CLOSE: response->state = CW_COMPLETE; return CURLE_OK;
    case CW_BROKEN: return response->error;
    case CW_STATUS_LINE:
    case CW_HEADERS:
    case CW_HEAD_READ:
      response->error = cw_response_began(response) ? CURLE_PARTIAL_FILE : CURLE_GOT_NOTHING;
      response->flaw = "the connection ended before the reply's headers did";
      break;
    default: response->error = CURLE_PARTIAL_FILE; response->flaw = "the connection ended before the reply did";
  }
  response->state = CW_BROKEN;
  return response->error;
}

void cw_response_free(struct cw_response *response) { cw_buffer_free(&response->line); }
