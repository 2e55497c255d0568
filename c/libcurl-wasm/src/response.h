/* The parser of HTTP/1 responses. Incremental, does no I/O, trusts nobody. */
#ifndef CW_RESPONSE_H
#define CW_RESPONSE_H

#include "buffer.h"
#include "chunks.h"
#include "curl/curl.h"
#include "text.h"

enum { CW_LINE_LENGTH_MAX = CURL_MAX_HTTP_HEADER, CW_HEAD_LENGTH_MAX = 300 * 1024 };

enum cw_response_state {
  CW_STATUS_LINE,
  CW_HEADERS,
  CW_HEAD_READ, /* the blank line was handed out; CW_EVENT_HEAD is next */
  CW_BODY_LENGTH,
  CW_BODY_CHUNKED,
  CW_BODY_UNTIL_CLOSE,
  CW_TRAILERS,
  CW_COMPLETE,
  CW_BROKEN
};

struct cw_response {
  /* Set by the caller before the first byte. */
  bool answers_head; /* no body follows, whatever the headers say */

  /* To be read from CW_EVENT_HEAD on. */
  int status;             /* 200 */
  int minor;              /* the 1 of HTTP/1.1 */
  int64_t content_length; /* -1 when the response does not say, or is chunked */
  bool keeps_alive;       /* the connection may carry another request */

  /* To be read after CW_EVENT_ERROR. */
  CURLcode error;
  const char *flaw;

  /* The parser's own. */
  enum cw_response_state state;
  struct cw_buffer line;
  size_t head_length; /* of all lines so far, interim responses and trailers included */
  int64_t remaining;  /* of the body, in CW_BODY_LENGTH */
  bool is_chunked, says_close, says_keep_alive, has_length;
  bool has_begun;  /* a whole line was seen */
  bool line_given; /* `line` was handed out and makes room for the next */
  struct cw_chunks chunks;
};

enum cw_event {
  CW_EVENT_MORE,    /* all input is used up */
  CW_EVENT_LINE,    /* *output is a line of the head, with its line end */
  CW_EVENT_HEAD,    /* the head is complete. When status is below 200, another head follows */
  CW_EVENT_BODY,    /* *output is a part of the body */
  CW_EVENT_TRAILER, /* *output is a line of the trailers, with its line end */
  CW_EVENT_END,     /* the response is complete; what is left of the input does not belong to it */
  CW_EVENT_ERROR
};

void cw_response_start(struct cw_response *response, bool answers_head);

/* Takes what it can off the front of *input. *output is valid until the next call. */
enum cw_event cw_response_next(struct cw_response *response, struct cw_span *input, struct cw_span *output);

/* What it means that the peer closed here: CURLE_OK when the response is complete. */
CURLcode cw_response_closed(struct cw_response *response);

/* Whether a whole line was seen. */
bool cw_response_began(const struct cw_response *response);

void cw_response_free(struct cw_response *response);

#endif
