/* Percent-encoding, as RFC 3986 has it. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "curl/curl.h"
#include "text.h"

static bool is_unreserved(unsigned char c) { return cw_is_alnum(c) || (c && strchr("-._~", c)); }

char *curl_easy_escape(CURL *easy, const char *text, int length) {
  (void)easy;
  if (!text || length < 0) return NULL;
  const size_t end = length ? (size_t)length : strlen(text);
  struct cw_buffer out = {0};
  cw_buffer_text(&out, "");
  for (size_t i = 0; i < end; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (is_unreserved(c)) {
      cw_buffer_append(&out, &c, 1);
    } else {
      cw_buffer_format(&out, "%%%02X", c);
    }
  }
  if (out.failed) cw_buffer_free(&out);
  return out.data;
}

char *curl_easy_unescape(CURL *easy, const char *text, int length, int *result_length) {
  (void)easy;
  if (!text || length < 0) return NULL;
  const size_t end = length ? (size_t)length : strlen(text);
  char *out = end <= INT_MAX ? malloc(end + 1) : NULL;
  if (!out) return NULL;
  size_t written = 0;
  for (size_t i = 0; i < end; i++) {
    const bool is_escape =
        text[i] == '%' && end - i > 2 && cw_hex_digit(text[i + 1]) >= 0 && cw_hex_digit(text[i + 2]) >= 0;
    out[written++] = is_escape ? (char)(cw_hex_digit(text[i + 1]) * 16 + cw_hex_digit(text[i + 2])) : text[i];
    if (is_escape) i += 2;
  }
  out[written] = '\0';
  if (result_length) *result_length = (int)written;
  return out;
}

void curl_free(void *pointer) { free(pointer); }
