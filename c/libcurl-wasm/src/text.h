/* ASCII, whatever the locale: what protocols are written in. */
#ifndef CW_TEXT_H
#define CW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline char cw_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }
static inline bool cw_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool cw_is_alpha(char c) { return cw_lower(c) >= 'a' && cw_lower(c) <= 'z'; }
static inline bool cw_is_alnum(unsigned char c) { return cw_is_digit((char)c) || cw_is_alpha((char)c); }
static inline bool cw_is_blank(char c) { return c == ' ' || c == '\t'; }
static inline bool cw_is_control(char c) { return (unsigned char)c < ' ' || c == 0x7f; }

/* The value of a hexadecimal digit, or -1. */
static inline int cw_hex_digit(char c) {
  if (cw_is_digit(c)) return c - '0';
  const char lower = cw_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Part of somebody else's bytes. */
struct cw_span {
  const char *data;
  size_t length;
};

/* Whether the span is `word`, in any case. */
bool cw_span_is(struct cw_span span, const char *word);

/* The span without the blanks and line ends around it. */
struct cw_span cw_span_trim(struct cw_span span);

/* A header line's value when its name is `name`, without the blanks around it. */
bool cw_header_value(struct cw_span line, const char *name, struct cw_span *value);

/* Whether a comma-separated list like "close, TE" has `word` in it. */
bool cw_list_has(struct cw_span list, const char *word);

/* A decimal number and nothing else, without overflow. */
bool cw_parse_decimal(struct cw_span text, int64_t *number);

/* A copy of the span as a string, or NULL. */
char *cw_span_copy(struct cw_span span);

#endif
