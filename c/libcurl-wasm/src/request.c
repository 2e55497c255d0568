/* Writing a request's head. */
#include <stdlib.h>
#include <string.h>

#include "easy.h"
#include "text.h"
#include "upload.h"

enum { EXPECT_THRESHOLD = 1024 * 1024 };

/* A PUT and a large POST wait for the server's consent. */
static bool expects_consent(const struct cw_easy *easy, const struct cw_request *request) {
  const curl_off_t size = cw_upload_size(easy, request);
  const bool is_large = size < 0 || size > EXPECT_THRESHOLD;
  return easy->set.http_version != CURL_HTTP_VERSION_1_0 && (is_large || (request->method == CW_PUT && size > 0));
}

const char *cw_method_name(const struct cw_easy *easy, const struct cw_request *request) {
  static const char *const names[] = {"GET", "HEAD", "POST", "PUT"};
  return easy->set.custom_method ? easy->set.custom_method : names[request->method];
}

/* ---- The caller's headers -------------------------------------------------------------------------------------- */

static struct cw_span span_of(const char *text) { return (struct cw_span){text, strlen(text)}; }

const char *cw_custom_header(const struct cw_easy *easy, const char *name) {
  const size_t length = strlen(name);
  for (const struct curl_slist *item = easy->set.headers; item; item = item->next) {
    const char *line = item->data;
    if (strlen(line) <= length || (line[length] != ':' && line[length] != ';')) continue;
    if (cw_span_is((struct cw_span){line, length}, name)) return line;
  }
  return NULL;
}

/* Secrets stay with the server that they were meant for. */
static bool is_withheld(const struct cw_request *request, const char *line) {
  struct cw_span value;
  if (request->may_authenticate) return false;
  return cw_header_value(span_of(line), "Authorization", &value) || cw_header_value(span_of(line), "Cookie", &value);
}

/* "Name: value" is sent, "Name:" only takes the place of a header of ours, "Name;" is sent without a value. A line
 * break would smuggle in another header. */
static CURLcode append_custom(struct cw_buffer *head, const struct cw_request *request, const char *line) {
  struct cw_span value;
  const char *colon = strchr(line, ':');
  if (strpbrk(line, "\r\n")) return CURLE_BAD_FUNCTION_ARGUMENT;
  if (!colon) {
    const char *semicolon = strchr(line, ';');
    if (!semicolon || cw_span_trim(span_of(semicolon + 1)).length > 0) return CURLE_OK;
    cw_buffer_format(head, "%.*s:\r\n", (int)(semicolon - line), line);
    return CURLE_OK;
  }
  if (cw_span_trim(span_of(colon + 1)).length == 0 || cw_header_value(span_of(line), "Host", &value)) return CURLE_OK;
  if (!is_withheld(request, line)) cw_buffer_format(head, "%s\r\n", line);
  return CURLE_OK;
}

/* One of our own headers, unless the caller has a say about it. */
static void append_own(struct cw_easy *easy, struct cw_buffer *head, const char *name, const char *value) {
  if (value && !cw_custom_header(easy, name)) cw_buffer_format(head, "%s: %s\r\n", name, value);
}

/* ---- The parts ------------------------------------------------------------------------------------------------- */

static CURLcode append_host(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head) {
  const struct cw_url *url = &request->url;
  const char *custom = cw_custom_header(easy, "Host");
  if (custom && request->may_authenticate) {
    const struct cw_span value = cw_span_trim(span_of(custom + strlen("Host:")));
    if (strpbrk(custom, "\r\n")) return CURLE_BAD_FUNCTION_ARGUMENT;
    if (value.length > 0) cw_buffer_format(head, "Host: %.*s\r\n", (int)value.length, value.data);
    return CURLE_OK;
  }
  cw_buffer_format(head, url->is_ipv6 ? "Host: [%s]" : "Host: %s", url->host);
  if (url->port != 80) cw_buffer_format(head, ":%d", url->port);
  cw_buffer_text(head, "\r\n");
  return CURLE_OK;
}

static void append_base64(struct cw_buffer *out, const char *bytes, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    const size_t left = length - i;
    const unsigned group = (unsigned)(unsigned char)bytes[i] << 16 |
                           (left > 1 ? (unsigned)(unsigned char)bytes[i + 1] << 8 : 0) |
                           (left > 2 ? (unsigned)(unsigned char)bytes[i + 2] : 0);
    const char text[4] = {digits[group >> 18], digits[group >> 12 & 63], left > 1 ? digits[group >> 6 & 63] : '=',
                          left > 2 ? digits[group & 63] : '='};
    cw_buffer_append(out, text, sizeof text);
  }
}

/* Basic authentication: what the options say comes before what the URL says. */
static void append_authorization(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head) {
  const bool from_options = request->may_authenticate && (easy->set.user || easy->set.password);
  const char *user = from_options ? easy->set.user : request->url.user;
  const char *password = from_options ? easy->set.password : request->url.password;
  struct cw_buffer pair = {0};
  if (cw_custom_header(easy, "Authorization") || (!user && !password)) return;
  cw_buffer_format(&pair, "%s:%s", user ? user : "", password ? password : "");
  cw_buffer_text(head, "Authorization: Basic ");
  if (!pair.failed) append_base64(head, pair.data, pair.length);
  cw_buffer_text(head, "\r\n");
  head->failed |= pair.failed;
  cw_buffer_free(&pair);
}

static void append_range(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head) {
  const bool applies = request->method == CW_GET || request->method == CW_HEAD;
  if (easy->set.range && applies && !cw_custom_header(easy, "Range"))
    cw_buffer_format(head, "Range: bytes=%s\r\n", easy->set.range);
}

/* What describes the body. */
static void append_body_headers(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head) {
  const curl_off_t size = cw_upload_size(easy, request);
  if (request->method != CW_POST && request->method != CW_PUT) return;
  if (!cw_upload_is_chunked(easy, request) && !cw_custom_header(easy, "Content-Length"))
    cw_buffer_format(head, "Content-Length: %lld\r\n", (long long)size);
  if (request->method == CW_POST) append_own(easy, head, "Content-Type", "application/x-www-form-urlencoded");
  if (expects_consent(easy, request)) append_own(easy, head, "Expect", "100-continue");
}

CURLcode cw_request_head(struct cw_easy *easy, const struct cw_request *request, struct cw_buffer *head) {
  const struct cw_settings *set = &easy->set;
  const int minor = set->http_version == CURL_HTTP_VERSION_1_0 ? 0 : 1;
  cw_buffer_format(head, "%s ", cw_method_name(easy, request));
  cw_url_append_target(&request->url, head);
  cw_buffer_format(head, " HTTP/1.%d\r\n", minor);
  CURLcode code = append_host(easy, request, head);
  append_authorization(easy, request, head);
  append_range(easy, request, head);
  append_own(easy, head, "User-Agent", set->user_agent && *set->user_agent ? set->user_agent : NULL);
  append_own(easy, head, "Accept", "*/*");
  append_own(easy, head, "Accept-Encoding", set->encoding ? "identity" : NULL);
  append_own(easy, head, "Referer", set->referer);
  if (cw_upload_is_chunked(easy, request)) append_own(easy, head, "Transfer-Encoding", "chunked");
  if (request->may_authenticate) append_own(easy, head, "Cookie", set->cookie);
  for (const struct curl_slist *item = set->headers; item && !code; item = item->next)
    code = append_custom(head, request, item->data);
  append_body_headers(easy, request, head);
  cw_buffer_text(head, "\r\n");
  if (code) return cw_fail(easy, code, "A custom header has a line break in it");
  return head->failed ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}
