/* Sending: the head, then the body part by part as the socket takes it. */
#include "exchange.h"
#include "posix_sockets.h"

bool cw_is_body_due(const struct cw_exchange *x) {
  return !x->upload.is_finished && !x->has_stopped && x->holds_until == 0;
}

bool cw_has_output(const struct cw_exchange *x) { return !x->has_stopped && x->sent < x->out.length; }

void cw_stop_sending(struct cw_exchange *x) {
  if (cw_has_output(x) || !x->upload.is_finished) x->has_stopped = true;
  x->holds_until = 0;
}

static CURLcode refill(struct cw_exchange *x) {
  if (cw_has_output(x) || !cw_is_body_due(x)) return CURLE_OK;
  cw_buffer_clear(&x->out);
  x->sent = 0;
  x->is_first = false;
  return cw_upload_next(&x->upload, &x->out);
}

/* A short body counts as part of the request that it is sent with. */
static void count_sent(struct cw_exchange *x, size_t length) {
  struct cw_info *info = &x->easy->info;
  x->sent += length;
  if (x->is_first) info->request_size += (long)length;
  if (x->sent == x->out.length) info->uploaded = x->upload.taken;
}

CURLcode cw_send_some(struct cw_exchange *x) {
  const CURLcode code = refill(x);
  if (code || !cw_has_output(x)) return code;
  const int result = wasm_sock_send(x->easy->connection.fd, x->out.data + x->sent,
                                    (uint32_t)(x->out.length - x->sent), WASM_MSG_NOSIGNAL | WASM_MSG_DONTWAIT);
  if (result >= 0) {
    count_sent(x, (size_t)result);
  } else if (result != -WASM_EAGAIN && result != -WASM_EINTR) {
    x->send_error = -result; /* the server may have answered before it hung up */
    cw_stop_sending(x);
  }
  return CURLE_OK;
}
