/* Carries out one request, over a new connection or the kept one. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "posix_sockets.h"

enum { JOINED_SIZE_MAX = 65536 };

/* ---- The exchange ---------------------------------------------------------------------------------------------- */

static bool is_over(const struct cw_exchange *x) {
  return x->is_complete && (x->has_stopped || (x->upload.is_finished && !cw_has_output(x)));
}

static CURLcode step(struct cw_exchange *x) {
  int ready = 0;
  CURLcode code = cw_send_some(x);
  if (code) return code;
  const int in = x->is_complete ? 0 : WASM_POLLIN;
  const int out = cw_has_output(x) || cw_is_body_due(x) ? WASM_POLLOUT : 0;
  if (!in && !out) return CURLE_OK;
  code = cw_wait(x->easy, x->easy->connection.fd, in | out, x->holds_until ? x->holds_until : CW_NEVER, &ready);
  if (code) return code;
  if (!ready) x->holds_until = 0; /* the server says nothing: send the body all the same */
  return in && (ready & ~WASM_POLLOUT) ? cw_receive_some(x) : CURLE_OK;
}

/* A short body from memory leaves together with the head. */
static CURLcode join_body(struct cw_exchange *x) {
  CURLcode code = CURLE_OK;
  if (!x->upload.memory || x->upload.size > JOINED_SIZE_MAX || x->holds_until) return CURLE_OK;
  while (!code && !x->upload.is_finished) code = cw_upload_next(&x->upload, &x->out);
  return code;
}

static CURLcode begin(struct cw_exchange *x) {
  struct cw_easy *easy = x->easy;
  x->is_first = true;
  CURLcode code = cw_upload_start(&x->upload, easy, x->request);
  if (!code) code = cw_request_head(easy, x->request, &x->out);
  if (code) return code;
  cw_trace(easy, '>', x->out.data, x->out.length);
  if (!x->upload.is_finished && strstr(x->out.data, "\r\nExpect: 100-continue\r\n"))
    x->holds_until =
        cw_now_us() + (easy->set.expect_timeout_ms < INT_MAX ? easy->set.expect_timeout_ms : INT_MAX) * 1000;
  cw_response_start(&x->response, x->request->method == CW_HEAD);
  easy->info.send_time = cw_elapsed_us(easy);
  return join_body(x);
}

static bool may_keep(const struct cw_exchange *x) {
  return x->response.keeps_alive && x->is_clean && !x->has_stopped && !x->easy->set.forbids_reuse;
}

static CURLcode carry_out(struct cw_exchange *x) {
  CURLcode code = begin(x);
  while (!code && !is_over(x)) code = step(x);
  if (code || !may_keep(x)) {
    cw_disconnect(x->easy);
  } else {
    x->easy->connection.was_used = true;
  }
  cw_response_free(&x->response);
  cw_buffer_free(&x->out);
  return code;
}

static CURLcode ready_connection(struct cw_easy *easy, const struct cw_url *server) {
  if (!easy->set.fresh_connection && cw_can_reuse(easy, server)) {
    cw_note(easy, "Using the kept connection to %s, port %d", server->host, server->port);
    return CURLE_OK;
  }
  const CURLcode code = cw_connect(easy, server);
  if (!code) easy->info.connect_time = cw_elapsed_us(easy);
  return code;
}

static void note_connection(struct cw_easy *easy) {
  const struct cw_connection *connection = &easy->connection;
  memcpy(easy->info.peer_ip, connection->peer_ip, sizeof connection->peer_ip);
  memcpy(easy->info.local_ip, connection->local_ip, sizeof connection->local_ip);
  easy->info.peer_port = connection->peer_port;
  easy->info.local_port = connection->local_port;
}

CURLcode cw_transfer(struct cw_easy *easy, const struct cw_request *request, struct cw_outcome *outcome) {
  CURLcode code = ready_connection(easy, &request->url);
  if (code) {
    cw_disconnect(easy);
    return code;
  }
  note_connection(easy);
  struct cw_exchange *x = calloc(1, sizeof *x);
  if (!x) return CURLE_OUT_OF_MEMORY;
  x->easy = easy;
  x->request = request;
  x->outcome = outcome;
  code = carry_out(x);
  free(x);
  return code;
}
