/* Receiving: bytes to the parser, and what it makes of them to the caller. */
#include <stdlib.h>

#include "exchange.h"
#include "posix_sockets.h"
#include "text.h"

static CURLcode replace(char **to, struct cw_span value) {
  free(*to);
  *to = cw_span_copy(value);
  return *to ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static CURLcode refuse_encoding(struct cw_exchange *x, struct cw_span value) {
  if (!x->easy->set.encoding || cw_span_is(value, "identity") || value.length == 0) return CURLE_OK;
  return cw_fail(x->easy, CURLE_BAD_CONTENT_ENCODING, "The content is encoded, and identity was asked for");
}

/* Notes what the parser leaves to us, and hands the line on. */
static CURLcode on_line(struct cw_exchange *x, struct cw_span line) {
  struct cw_easy *easy = x->easy;
  struct cw_span value;
  CURLcode code = CURLE_OK;
  easy->info.status = x->response.status;
  easy->info.header_size += (long)line.length;
  cw_trace(easy, '<', line.data, line.length);
  if (cw_header_value(line, "Content-Type", &value)) code = replace(&easy->info.content_type, value);
  if (!code && cw_header_value(line, "Content-Encoding", &value)) code = refuse_encoding(x, value);
  if (!code && cw_header_value(line, "Location", &value) && !x->outcome->location && value.length > 0)
    code = replace(&x->outcome->location, value);
  return code ? code : cw_write_header(easy, line.data, line.length);
}

/* Part of the headers to their function, but not to the output. */
static CURLcode on_trailer(struct cw_exchange *x, struct cw_span line) {
  cw_trace(x->easy, '<', line.data, line.length);
  return cw_write_trailer(x->easy, line.data, line.length);
}

static bool is_redirect(const struct cw_exchange *x) {
  return x->response.status >= 300 && x->response.status < 400 && x->outcome->location;
}

static CURLcode check_size(struct cw_easy *easy, curl_off_t size) {
  if (easy->set.file_size_max == 0 || size <= easy->set.file_size_max) return CURLE_OK;
  return cw_fail(easy, CURLE_FILESIZE_EXCEEDED, "The file is larger than %lld bytes",
                 (long long)easy->set.file_size_max);
}

static CURLcode on_final_head(struct cw_exchange *x) {
  struct cw_easy *easy = x->easy;
  const struct cw_response *response = &x->response;
  easy->info.http_version = response->minor == 0 ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1;
  easy->info.content_length_down = response->content_length;
  x->holds_until = 0;
  if (response->status >= 300) cw_stop_sending(x); /* it wants no body, or none of this one */
  if (easy->set.fails_on_error && response->status >= 400)
    return cw_fail(easy, CURLE_HTTP_RETURNED_ERROR, "The requested URL returned error: %d", response->status);
  x->ignores_body = easy->set.follows && is_redirect(x);
  return x->ignores_body ? CURLE_OK : check_size(easy, response->content_length);
}

static CURLcode on_head(struct cw_exchange *x) {
  if (x->response.status >= 200 || x->response.status == 101) return on_final_head(x);
  if (x->response.status == 100) x->holds_until = 0;
  free(x->outcome->location);
  x->outcome->location = NULL;
  return CURLE_OK;
}

static CURLcode on_body(struct cw_exchange *x, struct cw_span part) {
  struct cw_easy *easy = x->easy;
  easy->info.downloaded += (curl_off_t)part.length;
  if (x->ignores_body) return CURLE_OK;
  const CURLcode code = check_size(easy, easy->info.downloaded);
  return code ? code : cw_write_body(easy, part.data, part.length);
}

static CURLcode on_received(struct cw_exchange *x, struct cw_span input) {
  struct cw_span output = {NULL, 0};
  CURLcode code = CURLE_OK;
  while (!code) {
    switch (cw_response_next(&x->response, &input, &output)) {
      case CW_EVENT_MORE: return CURLE_OK;
      case CW_EVENT_LINE: code = on_line(x, output); break;
      case CW_EVENT_TRAILER: code = on_trailer(x, output); break;
      case CW_EVENT_HEAD: code = on_head(x); break;
      case CW_EVENT_BODY: code = on_body(x, output); break;
      case CW_EVENT_END:
        x->is_complete = true;
        x->is_clean = input.length == 0;
        return CURLE_OK;
      case CW_EVENT_ERROR:
        code = cw_fail(x->easy, x->response.error, "The server's reply: %s", x->response.flaw);
        break;
    }
  }
  return code;
}

/* The connection broke, with an errno, or ended, without one. */
static CURLcode on_end(struct cw_exchange *x, int error) {
  struct cw_easy *easy = x->easy;
  easy->info.os_error = error ? error : x->send_error;
  if (!cw_response_began(&x->response)) {
    x->outcome->may_retry = easy->connection.was_used;
    if (x->send_error) return cw_fail(easy, CURLE_SEND_ERROR, "send: %s", wasm_sock_errno_name(x->send_error));
  }
  if (error) return cw_fail(easy, CURLE_RECV_ERROR, "recv: %s", wasm_sock_errno_name(error));
  const CURLcode code = cw_response_closed(&x->response);
  x->is_complete = code == CURLE_OK;
  if (code == CURLE_GOT_NOTHING) return cw_fail(easy, code, "Empty reply from server");
  return code ? cw_fail(easy, code, "The server's reply: %s", x->response.flaw) : CURLE_OK;
}

CURLcode cw_receive_some(struct cw_exchange *x) {
  const int received = wasm_sock_recv(x->easy->connection.fd, x->in, sizeof x->in, WASM_MSG_DONTWAIT);
  if (received == -WASM_EAGAIN || received == -WASM_EINTR) return CURLE_OK;
  if (received <= 0) return on_end(x, -received);
  if (!x->easy->info.first_byte_time) x->easy->info.first_byte_time = cw_elapsed_us(x->easy);
  return on_received(x, (struct cw_span){x->in, (size_t)received});
}
