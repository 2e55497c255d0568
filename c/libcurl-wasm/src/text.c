#include "text.h"

#include <stdlib.h>
#include <string.h>

bool cw_span_is(struct cw_span span, const char *word) {
  size_t i = 0;
  for (; i < span.length && word[i]; i++)
    if (cw_lower(span.data[i]) != cw_lower(word[i])) return false;
  return i == span.length && word[i] == '\0';
}

struct cw_span cw_span_trim(struct cw_span span) {
  while (span.length > 0 && strchr(" \t\r\n", span.data[0]) && span.data[0]) {
    span.data++;
    span.length--;
  }
  while (span.length > 0 && strchr(" \t\r\n", span.data[span.length - 1]) && span.data[span.length - 1])
    span.length--;
  return span;
}

bool cw_header_value(struct cw_span line, const char *name, struct cw_span *value) {
  const size_t length = strlen(name);
  if (line.length <= length || line.data[length] != ':') return false;
  if (!cw_span_is((struct cw_span){line.data, length}, name)) return false;
  *value = cw_span_trim((struct cw_span){line.data + length + 1, line.length - length - 1});
  return true;
}

bool cw_list_has(struct cw_span list, const char *word) {
  while (list.length > 0) {
    const char *comma = memchr(list.data, ',', list.length);
    const size_t length = comma ? (size_t)(comma - list.data) : list.length;
    if (cw_span_is(cw_span_trim((struct cw_span){list.data, length}), word)) return true;
    const size_t used = comma ? length + 1 : length;
    list = (struct cw_span){list.data + used, list.length - used};
  }
  return false;
}

bool cw_parse_decimal(struct cw_span text, int64_t *number) {
  int64_t value = 0;
  if (text.length == 0) return false;
  for (size_t i = 0; i < text.length; i++) {
    if (!cw_is_digit(text.data[i])) return false;
    const int digit = text.data[i] - '0';
    if (value > (INT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *number = value;
  return true;
}

char *cw_span_copy(struct cw_span span) {
  char *copy = malloc(span.length + 1);
  if (!copy) return NULL;
  if (span.length > 0) memcpy(copy, span.data, span.length);
  copy[span.length] = '\0';
  return copy;
}
