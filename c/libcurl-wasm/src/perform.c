/* A transfer: the first request, and those that redirects lead to. */
#include <stdlib.h>
#include <string.h>

#include "easy.h"
#include "info.h"

/* ---- The first request ----------------------------------------------------------------------------------------- */

static CURLcode refuse_url(struct cw_easy *easy, CURLcode code, const struct cw_url *url) {
  if (code == CURLE_UNSUPPORTED_PROTOCOL)
    return cw_fail(easy, code, "Protocol \"%s\" is not supported", url->scheme ? url->scheme : "");
  return cw_fail(easy, code, code == CURLE_URL_MALFORMAT ? "The URL is malformed" : "Out of memory");
}

static CURLcode first_request(struct cw_easy *easy, struct cw_request *request) {
  *request = (struct cw_request){.method = easy->set.method, .may_authenticate = true};
  if (!easy->set.url) return cw_fail(easy, CURLE_URL_MALFORMAT, "No URL was set");
  const CURLcode code = cw_url_parse(&request->url, easy->set.url);
  if (code) return refuse_url(easy, code, &request->url);
  if (easy->set.port) {
    request->url.port = (int)easy->set.port;
    request->url.states_port = true;
  }
  return CURLE_OK;
}

/* ---- Redirects ------------------------------------------------------------------------------------------------- */

/* 301, 302 and 303 turn a POST into a GET, unless the caller keeps it; 303 also turns a PUT into one. */
static enum cw_method method_after(const struct cw_easy *easy, enum cw_method method) {
  static const struct {
    long status;
    int keep;
  } rules[] = {{301, CURL_REDIR_POST_301}, {302, CURL_REDIR_POST_302}, {303, CURL_REDIR_POST_303}};
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (rules[i].status != easy->info.status) continue;
    if (method == CW_POST && !(easy->set.post_redirects & rules[i].keep)) return CW_GET;
    if (method == CW_PUT && rules[i].status == 303) return CW_GET;
  }
  return method;
}

/* Says where the redirect leads, for a caller who follows it alone. */
static void note_redirect_url(struct cw_easy *easy, const struct cw_url *from, const char *location) {
  struct cw_url to;
  const CURLcode code = cw_url_resolve(&to, from, location);
  if (code == CURLE_OK) easy->info.redirect_url = cw_url_text(&to);
  if (code == CURLE_UNSUPPORTED_PROTOCOL) easy->info.redirect_url = strdup(location);
  cw_url_free(&to);
}

static CURLcode follow(struct cw_easy *easy, struct cw_request *request, const char *location) {
  struct cw_url to;
  const curl_off_t most = easy->set.max_redirects;
  if (most >= 0 && easy->info.redirects >= most) {
    note_redirect_url(easy, &request->url, location);
    return cw_fail(easy, CURLE_TOO_MANY_REDIRECTS, "Maximum (%lld) redirects followed", (long long)most);
  }
  const CURLcode code = cw_url_resolve(&to, &request->url, location);
  easy->info.redirects++;
  if (code) {
    refuse_url(easy, code, &to);
    cw_url_free(&to);
    return code;
  }
  request->method = method_after(easy, request->method);
  if (!cw_url_same_server(&to, &request->url) && !easy->set.sends_auth_everywhere) request->may_authenticate = false;
  cw_url_free(&request->url);
  request->url = to;
  return CURLE_OK;
}

/* ---- The transfer ---------------------------------------------------------------------------------------------- */

static void forget_error(struct cw_easy *easy) {
  easy->has_error_text = false;
  if (easy->set.error_text) easy->set.error_text[0] = '\0';
}

/* A kept connection may die just as it is used again: then a new one gets its chance. */
static CURLcode transfer_once_or_twice(struct cw_easy *easy, const struct cw_request *request,
                                       struct cw_outcome *outcome) {
  const CURLcode code = cw_transfer(easy, request, outcome);
  if (!code || !outcome->may_retry) return code;
  cw_note(easy, "The kept connection was dead: trying a new one");
  outcome->may_retry = false;
  forget_error(easy);
  return cw_transfer(easy, request, outcome);
}

static CURLcode perform_one(struct cw_easy *easy, struct cw_request *request, char **location) {
  struct cw_outcome outcome = {0};
  cw_info_begin_request(&easy->info);
  easy->info.method = cw_method_name(easy, request);
  free(easy->info.effective_url);
  easy->info.effective_url = cw_url_text(&request->url);
  const CURLcode code =
      easy->info.effective_url ? transfer_once_or_twice(easy, request, &outcome) : CURLE_OUT_OF_MEMORY;
  *location = outcome.location;
  return code;
}

static CURLcode perform_all(struct cw_easy *easy, struct cw_request *request) {
  CURLcode code = CURLE_OK;
  for (bool goes_on = true; !code && goes_on;) {
    char *location = NULL;
    code = perform_one(easy, request, &location);
    const bool is_redirect = !code && location && easy->info.status >= 300 && easy->info.status < 400;
    goes_on = is_redirect && easy->set.follows;
    if (is_redirect && !goes_on) note_redirect_url(easy, &request->url, location);
    if (goes_on) {
      code = follow(easy, request, location);
      easy->info.redirect_time = cw_elapsed_us(easy);
    }
    free(location);
  }
  return code;
}

static void begin(struct cw_easy *easy) {
  const curl_off_t now = cw_now_us();
  cw_info_reset(&easy->info);
  easy->info.started_at = now;
  easy->limits = (struct cw_limits){cw_deadline(now, easy->set.timeout_ms), now, 0, CW_NEVER};
  easy->body_taken = false;
  forget_error(easy);
}

CURLcode curl_easy_perform(CURL *handle) {
  struct cw_easy *easy = handle;
  struct cw_request request;
  if (!easy) return CURLE_BAD_FUNCTION_ARGUMENT;
  if (easy->is_performing) return CURLE_RECURSIVE_API_CALL;
  easy->is_performing = true;
  begin(easy);
  CURLcode code = first_request(easy, &request);
  if (!code) code = perform_all(easy, &request);
  if (!code) code = cw_report_progress(easy);
  cw_url_free(&request.url);
  easy->info.total_time = cw_elapsed_us(easy);
  easy->is_performing = false;
  if (code && !easy->has_error_text) cw_fail(easy, code, "%s", curl_easy_strerror(code));
  return code;
}
