/* The table of options, each with the place of its setting. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

/* ---- What follows ---------------------------------------------------------------------------------------------- */

static CURLcode then_get(struct cw_settings *set) {
  if (set->httpget) set->method = CW_GET;
  return CURLE_OK;
}

static CURLcode then_head(struct cw_settings *set) {
  if (set->nobody) {
    set->method = CW_HEAD;
  } else if (set->method == CW_HEAD) {
    set->method = CW_GET;
  }
  return CURLE_OK;
}

static CURLcode then_post(struct cw_settings *set) {
  set->method = set->post ? CW_POST : CW_GET;
  return CURLE_OK;
}

static CURLcode then_put(struct cw_settings *set) {
  set->method = set->upload ? CW_PUT : CW_GET;
  return CURLE_OK;
}

static CURLcode then_post_data(struct cw_settings *set) {
  if (set->post_data != set->post_copy) {
    free(set->post_copy);
    set->post_copy = NULL;
  }
  set->method = CW_POST;
  return CURLE_OK;
}

/* "user:password" */
static CURLcode then_userpwd(struct cw_settings *set) {
  const char *text = set->userpwd;
  const size_t length = text ? strcspn(text, ":") : 0;
  free(set->user);
  free(set->password);
  set->user = text ? strndup(text, length) : NULL;
  set->password = text && text[length] ? strdup(text + length + 1) : NULL;
  return text && !set->user ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}

static CURLcode then_encoding(struct cw_settings *set) {
  const char *encoding = set->encoding;
  return !encoding || !*encoding || strcmp(encoding, "identity") == 0 ? CURLE_OK : CURLE_NOT_BUILT_IN;
}

static CURLcode then_auth(struct cw_settings *set) {
  return set->auth == 0 || (set->auth & (curl_off_t)CURLAUTH_BASIC) ? CURLE_OK : CURLE_NOT_BUILT_IN;
}

static CURLcode then_http_version(struct cw_settings *set) {
  if (set->http_version >= 0 && set->http_version <= CURL_HTTP_VERSION_1_1) return CURLE_OK;
  set->http_version = CURL_HTTP_VERSION_NONE;
  return CURLE_UNSUPPORTED_PROTOCOL;
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

#define AT(field) offsetof(struct cw_settings, field)
#define FLAG(name, field, then) \
  { CURLOPT_##name, CW_NUMBER, AT(field), INT64_MIN, INT64_MAX, 1, then }
#define RANGE(name, field, min, max) \
  { CURLOPT_##name, CW_NUMBER, AT(field), min, max, 1, NULL }
#define SECONDS(name, field) \
  { CURLOPT_##name, CW_NUMBER, AT(field), 0, INT64_MAX / 1000, 1000, NULL }
#define OTHER(name, kind, field, then) \
  { CURLOPT_##name, kind, AT(field), 0, 0, 0, then }

const struct cw_option cw_options[] = {
    OTHER(URL, CW_TEXT, url, NULL),
    RANGE(PORT, port, 0, 65535),
    FLAG(HTTPGET, httpget, then_get),
    FLAG(NOBODY, nobody, then_head),
    FLAG(POST, post, then_post),
    FLAG(UPLOAD, upload, then_put),
    FLAG(PUT, upload, then_put),
    OTHER(CUSTOMREQUEST, CW_LINE, custom_method, NULL),
    OTHER(POSTFIELDS, CW_POINTER, post_data, then_post_data),
    RANGE(POSTFIELDSIZE, post_size, -1, INT64_MAX),
    RANGE(POSTFIELDSIZE_LARGE, post_size, -1, INT64_MAX),
    RANGE(INFILESIZE, upload_size, -1, INT64_MAX),
    RANGE(INFILESIZE_LARGE, upload_size, -1, INT64_MAX),
    OTHER(HTTPHEADER, CW_POINTER, headers, NULL),
    OTHER(USERAGENT, CW_LINE, user_agent, NULL),
    OTHER(REFERER, CW_LINE, referer, NULL),
    OTHER(RANGE, CW_LINE, range, NULL),
    OTHER(COOKIE, CW_LINE, cookie, NULL),
    OTHER(ACCEPT_ENCODING, CW_LINE, encoding, then_encoding),
    OTHER(USERPWD, CW_TEXT, userpwd, then_userpwd),
    OTHER(USERNAME, CW_TEXT, user, NULL),
    OTHER(PASSWORD, CW_TEXT, password, NULL),
    FLAG(HTTPAUTH, auth, then_auth),
    FLAG(UNRESTRICTED_AUTH, sends_auth_everywhere, NULL),
    FLAG(FOLLOWLOCATION, follows, NULL),
    RANGE(MAXREDIRS, max_redirects, -1, INT64_MAX),
    RANGE(POSTREDIR, post_redirects, 0, INT64_MAX),
    FLAG(HTTP_VERSION, http_version, then_http_version),
    OTHER(WRITEFUNCTION, CW_FUNCTION, write, NULL),
    OTHER(WRITEDATA, CW_POINTER, write_data, NULL),
    OTHER(HEADERFUNCTION, CW_FUNCTION, write_header, NULL),
    OTHER(HEADERDATA, CW_POINTER, header_data, NULL),
    OTHER(READFUNCTION, CW_FUNCTION, read, NULL),
    OTHER(READDATA, CW_POINTER, read_data, NULL),
    OTHER(SEEKFUNCTION, CW_FUNCTION, seek, NULL),
    OTHER(SEEKDATA, CW_POINTER, seek_data, NULL),
    OTHER(XFERINFOFUNCTION, CW_FUNCTION, progress, NULL),
    OTHER(XFERINFODATA, CW_POINTER, progress_data, NULL),
    FLAG(NOPROGRESS, no_progress, NULL),
    FLAG(HEADER, includes_head, NULL),
    FLAG(VERBOSE, verbose, NULL),
    OTHER(STDERR, CW_POINTER, verbose_file, NULL),
    OTHER(ERRORBUFFER, CW_POINTER, error_text, NULL),
    FLAG(FAILONERROR, fails_on_error, NULL),
    RANGE(MAXFILESIZE, file_size_max, 0, INT64_MAX),
    RANGE(MAXFILESIZE_LARGE, file_size_max, 0, INT64_MAX),
    SECONDS(TIMEOUT, timeout_ms),
    RANGE(TIMEOUT_MS, timeout_ms, 0, INT64_MAX),
    SECONDS(CONNECTTIMEOUT, connect_timeout_ms),
    RANGE(CONNECTTIMEOUT_MS, connect_timeout_ms, 0, INT64_MAX),
    RANGE(EXPECT_100_TIMEOUT_MS, expect_timeout_ms, 0, INT64_MAX),
    RANGE(LOW_SPEED_LIMIT, low_speed_limit, 0, INT64_MAX),
    RANGE(LOW_SPEED_TIME, low_speed_seconds, 0, INT64_MAX),
    RANGE(IPRESOLVE, ip_version, CURL_IPRESOLVE_WHATEVER, CURL_IPRESOLVE_V6),
    OTHER(RESOLVE, CW_POINTER, resolve, NULL),
    FLAG(TCP_NODELAY, no_delay, NULL),
    FLAG(TCP_KEEPALIVE, keep_alive, NULL),
    FLAG(FRESH_CONNECT, fresh_connection, NULL),
    FLAG(FORBID_REUSE, forbids_reuse, NULL),
    FLAG(NOSIGNAL, no_signal, NULL),              /* there are none anyway */
    RANGE(BUFFERSIZE, buffer_size, 0, INT64_MAX), /* a hint, not taken */
    OTHER(PRIVATE, CW_POINTER, private_data, NULL),
};

const size_t cw_option_count = sizeof cw_options / sizeof *cw_options;
