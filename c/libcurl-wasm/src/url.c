#include "url.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "text.h"

/* The length of the scheme that `text` begins with, or 0. "localhost:80" has none, though it looks like one: a guess
 * asks for the slash too. */
static size_t scheme_length(const char *text, bool asks_for_slash) {
  size_t length = 0;
  if (!cw_is_alpha(text[0])) return 0;
  while (cw_is_alnum((unsigned char)text[length]) || (text[length] && strchr("+-.", text[length]))) length++;
  if (text[length] != ':') return 0;
  return asks_for_slash && text[length + 1] != '/' ? 0 : length;
}

static char *copy(const char *start, size_t length) { return cw_span_copy((struct cw_span){start, length}); }

/* A user or password, decoded; refused when it decodes to a NUL or another control character. */
static CURLcode decode(const char *start, size_t length, char **out) {
  if (length == 0) return (*out = copy(start, 0)) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
  int decoded_length = 0;
  *out = curl_easy_unescape(NULL, start, (int)length, &decoded_length);
  if (!*out) return CURLE_OUT_OF_MEMORY;
  for (int i = 0; i < decoded_length; i++)
    if (cw_is_control((*out)[i])) return CURLE_URL_MALFORMAT;
  return CURLE_OK;
}

static CURLcode parse_userinfo(struct cw_url *url, const char *start, size_t length) {
  const char *colon = memchr(start, ':', length);
  const size_t user_length = colon ? (size_t)(colon - start) : length;
  url->userinfo = copy(start, length);
  if (!url->userinfo) return CURLE_OUT_OF_MEMORY;
  const CURLcode code = decode(start, user_length, &url->user);
  if (code || !colon) return code;
  return decode(colon + 1, length - user_length - 1, &url->password);
}

/* What follows the host: nothing, or a colon and a port, which may be left out. */
static CURLcode parse_port(struct cw_url *url, const char *start, const char *end) {
  int port = 0;
  url->port = 80;
  if (start == end) return CURLE_OK;
  if (*start++ != ':') return CURLE_URL_MALFORMAT;
  if (start == end) return CURLE_OK;
  for (; start < end; start++) {
    if (!cw_is_digit(*start)) return CURLE_URL_MALFORMAT;
    port = port * 10 + (*start - '0');
    if (port > 65535) return CURLE_URL_MALFORMAT;
  }
  url->port = port;
  url->states_port = true;
  return CURLE_OK;
}

static bool is_host(const char *text, size_t length, bool is_ipv6) {
  if (length == 0 || length > CW_HOST_LENGTH_MAX) return false;
  for (size_t i = 0; i < length; i++) {
    const char c = text[i];
    if (is_ipv6 ? cw_hex_digit(c) < 0 && c != ':' && c != '.'
                : strchr(" %\\\"'`^{}|<>[]()*=+$!,;&:@", c) || cw_is_control(c))
      return false;
  }
  return true;
}

static CURLcode parse_host(struct cw_url *url, const char *start, const char *end) {
  const char *host_end;
  url->is_ipv6 = start < end && *start == '[';
  if (url->is_ipv6) {
    start++;
    host_end = memchr(start, ']', (size_t)(end - start));
  } else {
    host_end = memchr(start, ':', (size_t)(end - start));
    if (!host_end) host_end = end;
  }
  if (!host_end || !is_host(start, (size_t)(host_end - start), url->is_ipv6)) return CURLE_URL_MALFORMAT;
  url->host = copy(start, (size_t)(host_end - start));
  if (!url->host) return CURLE_OUT_OF_MEMORY;
  return parse_port(url, url->is_ipv6 ? host_end + 1 : host_end, end);
}

static CURLcode parse_authority(struct cw_url *url, const char *start, const char *end) {
  const char *at = memchr(start, '@', (size_t)(end - start)); /* a second one is refused in the host */
  if (!at) return parse_host(url, start, end);
  const CURLcode code = parse_userinfo(url, start, (size_t)(at - start));
  return code ? code : parse_host(url, at + 1, end);
}

/* Drops "." and ".." segments in place (RFC 3986, 5.2.4). The path begins with '/'. */
static void remove_dot_segments(char *path) {
  char *out = path;
  for (const char *in = path; *in;) {
    const size_t length = 1 + strcspn(in + 1, "/"); /* the slash and the segment after it */
    const bool is_last = in[length] == '\0';
    const bool is_dot = length == 2 && in[1] == '.';
    const bool is_dots = length == 3 && in[1] == '.' && in[2] == '.';
    if (is_dots)
      while (out > path && *--out != '/') {
      }
    if (!is_dot && !is_dots) {
      memmove(out, in, length);
      out += length;
    } else if (is_last) {
      *out++ = '/';
    }
    in += length;
  }
  *out = '\0';
}

static CURLcode parse_path(struct cw_url *url, const char *start) {
  const size_t path_length = strcspn(start, "?#");
  const char *query = start + path_length;
  const size_t query_length = strcspn(query, "#");
  url->path = path_length ? copy(start, path_length) : copy("/", 1);
  url->query = copy(query, query_length);
  url->fragment = copy(query + query_length, strlen(query + query_length));
  if (!url->path || !url->query || !url->fragment) return CURLE_OUT_OF_MEMORY;
  remove_dot_segments(url->path);
  return CURLE_OK;
}

/* A control character or a space in a URL would break the request line. */
static bool is_clean(const char *text) {
  size_t length = 0;
  for (; text[length]; length++)
    if (text[length] == ' ' || cw_is_control(text[length]) || length >= CW_URL_LENGTH_MAX) return false;
  return length > 0;
}

CURLcode cw_url_parse(struct cw_url *url, const char *text) {
  *url = (struct cw_url){0};
  if (!is_clean(text)) return CURLE_URL_MALFORMAT;
  const size_t length = scheme_length(text, true);
  url->scheme = length ? copy(text, length) : copy("http", 4);
  if (!url->scheme) return CURLE_OUT_OF_MEMORY;
  for (char *c = url->scheme; *c; c++) *c = cw_lower(*c);
  if (strcmp(url->scheme, "http") != 0) return CURLE_UNSUPPORTED_PROTOCOL;

  const char *start = length ? text + length + 1 : text;
  const size_t slashes = strspn(start, "/");
  if (length ? slashes < 1 || slashes > 3 : slashes > 0) return CURLE_URL_MALFORMAT;
  start += slashes;
  const char *end = start + strcspn(start, "/?#");
  const CURLcode code = parse_authority(url, start, end);
  return code ? code : parse_path(url, end);
}

/* "http://user@host:port", as it was written. */
static void append_origin(struct cw_buffer *out, const struct cw_url *url, bool with_userinfo) {
  cw_buffer_format(out, "%s://", url->scheme);
  if (with_userinfo && url->userinfo) cw_buffer_format(out, "%s@", url->userinfo);
  cw_buffer_format(out, url->is_ipv6 ? "[%s]" : "%s", url->host);
  if (url->states_port) cw_buffer_format(out, ":%d", url->port);
}

char *cw_url_text(const struct cw_url *url) {
  struct cw_buffer out = {0};
  append_origin(&out, url, true);
  cw_buffer_format(&out, "%s%s%s", url->path, url->query, url->fragment);
  if (out.failed) cw_buffer_free(&out);
  return out.data;
}

/* In a query, a space is a plus. */
static void append_encoded(struct cw_buffer *out, const char *text) {
  const char *query = strchr(text, '?');
  for (; *text; text++) {
    if (*text == ' ' && query && text > query) {
      cw_buffer_text(out, "+");
    } else if (*text == ' ' || (unsigned char)*text >= 0x80) {
      cw_buffer_format(out, "%%%02x", (unsigned char)*text);
    } else {
      cw_buffer_append(out, text, 1);
    }
  }
}

void cw_url_append_target(const struct cw_url *url, struct cw_buffer *out) {
  append_encoded(out, url->path);
  append_encoded(out, url->query);
}

/* What of `base` stands before the reference (RFC 3986, 5.2.2). */
static void append_base(struct cw_buffer *out, const struct cw_url *base, const char *reference) {
  if (strncmp(reference, "//", 2) == 0) {
    cw_buffer_format(out, "%s:", base->scheme);
    return;
  }
  append_origin(out, base, true);
  if (*reference == '/') return;
  const bool keeps_path = *reference == '?' || *reference == '#' || *reference == '\0';
  const size_t length = keeps_path ? strlen(base->path) : (size_t)(strrchr(base->path, '/') + 1 - base->path);
  cw_buffer_append(out, base->path, length);
  if (*reference == '#' || *reference == '\0') cw_buffer_text(out, base->query);
}

CURLcode cw_url_resolve(struct cw_url *url, const struct cw_url *base, const char *reference) {
  struct cw_buffer text = {.limit = CW_URL_LENGTH_MAX};
  *url = (struct cw_url){0};
  const size_t scheme = scheme_length(reference, false);
  if (scheme == 0) append_base(&text, base, reference);
  if (scheme > 0 && reference[scheme + 1] != '/') { /* mailto:… and the like: nothing to fetch */
    url->scheme = copy(reference, scheme);
    return url->scheme ? CURLE_UNSUPPORTED_PROTOCOL : CURLE_OUT_OF_MEMORY;
  }
  append_encoded(&text, reference);
  const CURLcode code = text.failed ? CURLE_URL_MALFORMAT : cw_url_parse(url, text.data);
  cw_buffer_free(&text);
  return code;
}

bool cw_url_same_server(const struct cw_url *a, const struct cw_url *b) {
  return a->port == b->port && cw_span_is((struct cw_span){a->host, strlen(a->host)}, b->host);
}

void cw_url_free(struct cw_url *url) {
  char *strings[] = {url->scheme, url->user, url->password, url->userinfo,
                     url->host,   url->path, url->query,    url->fragment};
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) free(strings[i]);
  *url = (struct cw_url){0};
}
