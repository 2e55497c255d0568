/* What a CURL * points to, and what its parts offer each other. */
#ifndef CW_EASY_H
#define CW_EASY_H

#include <stdbool.h>

#include "buffer.h"
#include "curl/curl.h"
#include "url.h"

enum cw_method { CW_GET, CW_HEAD, CW_POST, CW_PUT };

/* What curl_easy_setopt sets. Numbers are all of one type, so that options.c can set any of them by its place. */
struct cw_settings {
  enum cw_method method;
  curl_off_t httpget, nobody, post, upload; /* as given; they settle the method */

  curl_off_t port, http_version, ip_version, no_delay, keep_alive;
  curl_off_t timeout_ms, connect_timeout_ms, expect_timeout_ms, low_speed_limit, low_speed_seconds;
  curl_off_t follows, max_redirects, post_redirects, sends_auth_everywhere, auth;
  curl_off_t post_size, upload_size, file_size_max, buffer_size;
  curl_off_t fails_on_error, verbose, no_progress, includes_head, fresh_connection, forbids_reuse, no_signal;

  char *url, *custom_method, *user_agent, *referer, *range, *cookie, *encoding; /* owned */
  char *userpwd, *user, *password;                                              /* owned */
  const void *post_data;                                                        /* the caller's, or the next */
  char *post_copy;                                                              /* owned */
  size_t post_copy_size;

  const struct curl_slist *headers, *resolve;
  void *private_data;
  char *error_text;
  FILE *verbose_file;

  curl_write_callback write, write_header;
  curl_read_callback read;
  curl_seek_callback seek;
  curl_xferinfo_callback progress;
  void *write_data, *header_data, *read_data, *seek_data, *progress_data;
};

enum { CW_ADDRESS_TEXT_MAX = 46 };

/* One TCP connection, kept between transfers. */
struct cw_connection {
  int fd; /* -1: none */
  struct cw_url server;
  bool was_used; /* a request was answered on it */
  char peer_ip[CW_ADDRESS_TEXT_MAX], local_ip[CW_ADDRESS_TEXT_MAX];
  int peer_port, local_port;
};

/* What curl_easy_getinfo gives. Times are in microseconds. */
struct cw_info {
  long status, redirects, header_size, request_size, connects, os_error, http_version;
  curl_off_t downloaded, uploaded, content_length_down, content_length_up;
  curl_off_t started_at, total_time, resolve_time, connect_time, send_time, first_byte_time, redirect_time;
  char *effective_url, *content_type, *redirect_url; /* owned */
  const char *method;                                /* of the last request: a literal, or the settings' */
  char peer_ip[CW_ADDRESS_TEXT_MAX], local_ip[CW_ADDRESS_TEXT_MAX];
  long peer_port, local_port;
};

/* Times on the clock of cw_now_us. */
struct cw_limits {
  curl_off_t deadline;                                /* of the whole transfer */
  curl_off_t measured_at, measured_bytes, slow_since; /* for the low speed limit */
};

struct cw_easy {
  struct cw_settings set;
  struct cw_connection connection;
  struct cw_info info;
  struct cw_limits limits;
  bool is_performing;
  bool has_error_text;
  bool body_taken; /* in this transfer, something was taken from the read function */
};

#define CW_NEVER INT64_MAX

/* setopt.c */
void cw_settings_init(struct cw_settings *settings);
void cw_settings_free(struct cw_settings *settings);
CURLcode cw_settings_copy(struct cw_settings *to, const struct cw_settings *from);

/* report.c: what the caller is told of. */
CURLcode cw_fail(struct cw_easy *easy, CURLcode code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void cw_note(struct cw_easy *easy, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cw_trace(struct cw_easy *easy, char mark, const char *line, size_t length);
CURLcode cw_write_body(struct cw_easy *easy, const char *data, size_t length);
CURLcode cw_write_header(struct cw_easy *easy, const char *line, size_t length);
CURLcode cw_write_trailer(struct cw_easy *easy, const char *line, size_t length);
CURLcode cw_report_progress(struct cw_easy *easy);

/* clock.c */
curl_off_t cw_now_us(void);
curl_off_t cw_elapsed_us(const struct cw_easy *easy);              /* since the transfer began, at least 1 */
curl_off_t cw_deadline(curl_off_t start, curl_off_t milliseconds); /* 0: never */

/* wait.c: the only place that blocks. `*ready` is a set of WASM_POLL…, 0 when `until` came first. */
CURLcode cw_wait(struct cw_easy *easy, int fd, int events, curl_off_t until, int *ready);

/* connect.c */
CURLcode cw_connect(struct cw_easy *easy, const struct cw_url *server);
bool cw_can_reuse(const struct cw_easy *easy, const struct cw_url *server);
void cw_disconnect(struct cw_easy *easy);

/* One request, as perform.c decides on it and transfer.c carries it out. */
struct cw_request {
  enum cw_method method;
  struct cw_url url;
  bool may_authenticate; /* false once a redirect has led to another server */
};

/* request.c */
const char *cw_method_name(const struct cw_easy *easy, const struct cw_request *request);
const char *cw_custom_header(const struct cw_easy *easy, const char *name); /* the header's line, or NULL */
CURLcode cw_request_head(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head);

/* What transfer.c found out. */
struct cw_outcome {
  char *location; /* of a redirect, owned; NULL when there was none */
  bool may_retry; /* a kept connection turned out to be dead before anything was exchanged on it */
};

/* transfer.c */
CURLcode cw_transfer(struct cw_easy *easy, const struct cw_request *request, struct cw_outcome *outcome);

#endif
