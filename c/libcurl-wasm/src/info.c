/* curl_easy_getinfo. */
#include "info.h"

#include <stdarg.h>
#include <stdlib.h>

void cw_info_reset(struct cw_info *info) {
  free(info->effective_url);
  free(info->content_type);
  free(info->redirect_url);
  *info = (struct cw_info){.content_length_down = -1, .content_length_up = -1};
}

void cw_info_begin_request(struct cw_info *info) {
  free(info->content_type);
  info->content_type = NULL;
  info->content_length_down = -1;
  info->downloaded = info->uploaded = 0;
  info->first_byte_time = 0;
}

static const char *or_empty(const char *text) { return text ? text : ""; }

static CURLcode get_string(const struct cw_easy *easy, CURLINFO name, const char **out) {
  const struct cw_info *info = &easy->info;
  switch (name) {
    case CURLINFO_EFFECTIVE_URL: *out = or_empty(info->effective_url ? info->effective_url : easy->set.url); break;
    case CURLINFO_EFFECTIVE_METHOD: *out = info->method ? info->method : "GET"; break;
    case CURLINFO_CONTENT_TYPE: *out = info->content_type; break;
    case CURLINFO_REDIRECT_URL: *out = info->redirect_url; break;
    case CURLINFO_PRIMARY_IP: *out = info->peer_ip; break;
    case CURLINFO_LOCAL_IP: *out = info->local_ip; break;
    case CURLINFO_SCHEME: *out = info->connects || info->status ? "HTTP" : NULL; break;
    case CURLINFO_PRIVATE: *out = easy->set.private_data; break;
    default: return CURLE_UNKNOWN_OPTION;
  }
  return CURLE_OK;
}

static CURLcode get_long(const struct cw_easy *easy, CURLINFO name, long *out) {
  const struct cw_info *info = &easy->info;
  switch (name) {
    case CURLINFO_RESPONSE_CODE: *out = info->status; break;
    case CURLINFO_HTTP_VERSION: *out = info->http_version; break;
    case CURLINFO_REDIRECT_COUNT: *out = info->redirects; break;
    case CURLINFO_HEADER_SIZE: *out = info->header_size; break;
    case CURLINFO_REQUEST_SIZE: *out = info->request_size; break;
    case CURLINFO_NUM_CONNECTS: *out = info->connects; break;
    case CURLINFO_OS_ERRNO: *out = info->os_error; break;
    case CURLINFO_PRIMARY_PORT: *out = info->peer_port; break;
    case CURLINFO_LOCAL_PORT: *out = info->local_port; break;
    default: return CURLE_UNKNOWN_OPTION;
  }
  return CURLE_OK;
}

static curl_off_t speed(curl_off_t bytes, curl_off_t time) {
  return time > 0 ? (curl_off_t)((double)bytes * 1e6 / (double)time) : 0;
}

#define PLACE(name) ((name) & CURLINFO_MASK)

/* By the place alone: times and sizes can be had as a double and as a curl_off_t. Times in microseconds. */
static bool get_number(const struct cw_info *info, int place, curl_off_t *out) {
  switch (place) {
    case PLACE(CURLINFO_SIZE_UPLOAD_T): *out = info->uploaded; break;
    case PLACE(CURLINFO_SIZE_DOWNLOAD_T): *out = info->downloaded; break;
    case PLACE(CURLINFO_SPEED_DOWNLOAD_T): *out = speed(info->downloaded, info->total_time); break;
    case PLACE(CURLINFO_SPEED_UPLOAD_T): *out = speed(info->uploaded, info->total_time); break;
    case PLACE(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T): *out = info->content_length_down; break;
    case PLACE(CURLINFO_CONTENT_LENGTH_UPLOAD_T): *out = info->content_length_up; break;
    default: return false;
  }
  return true;
}

static bool get_time(const struct cw_info *info, CURLINFO name, curl_off_t *out) {
  switch (name) {
    case CURLINFO_TOTAL_TIME:
    case CURLINFO_TOTAL_TIME_T: *out = info->total_time; break;
    case CURLINFO_NAMELOOKUP_TIME:
    case CURLINFO_NAMELOOKUP_TIME_T: *out = info->resolve_time; break;
    case CURLINFO_CONNECT_TIME:
    case CURLINFO_CONNECT_TIME_T: *out = info->connect_time; break;
    case CURLINFO_PRETRANSFER_TIME:
    case CURLINFO_PRETRANSFER_TIME_T: *out = info->send_time; break;
    case CURLINFO_STARTTRANSFER_TIME:
    case CURLINFO_STARTTRANSFER_TIME_T: *out = info->first_byte_time; break;
    case CURLINFO_REDIRECT_TIME:
    case CURLINFO_REDIRECT_TIME_T: *out = info->redirect_time; break;
    default: return false;
  }
  return true;
}

static CURLcode get_double(const struct cw_easy *easy, CURLINFO name, double *out) {
  curl_off_t number;
  if (get_time(&easy->info, name, &number)) {
    *out = (double)number / 1e6;
  } else if (get_number(&easy->info, PLACE(name), &number)) {
    *out = (double)number;
  } else {
    return CURLE_UNKNOWN_OPTION;
  }
  return CURLE_OK;
}

static CURLcode get_off_t(const struct cw_easy *easy, CURLINFO name, curl_off_t *out) {
  if (get_time(&easy->info, name, out)) return CURLE_OK;
  return get_number(&easy->info, PLACE(name), out) ? CURLE_OK : CURLE_UNKNOWN_OPTION;
}

CURLcode curl_easy_getinfo(CURL *handle, CURLINFO name, ...) {
  va_list arguments;
  va_start(arguments, name);
  void *out = va_arg(arguments, void *);
  va_end(arguments);
  if (!handle || !out) return CURLE_BAD_FUNCTION_ARGUMENT;
  switch (name & CURLINFO_TYPEMASK) {
    case CURLINFO_STRING: return get_string(handle, name, out);
    case CURLINFO_LONG: return get_long(handle, name, out);
    case CURLINFO_DOUBLE: return get_double(handle, name, out);
    case CURLINFO_OFF_T: return get_off_t(handle, name, out);
    default: return CURLE_UNKNOWN_OPTION;
  }
}
