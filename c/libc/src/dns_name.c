/* Names of DNS messages: RFC 1035, 4.1.4. As text, a byte that would be mistaken has a backslash before it. */
#include <arpa/nameser.h>
#include <ctype.h>
#include <errno.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

#include "result.h"

enum { POINTER = 0xc0, MOST_HOPS = 128 };

static int is_special(unsigned char byte) { return byte != '\0' && strchr("\".;\\()@$", byte) != NULL; }

/* Appends a byte of a label. 0 where there is no room for it and a NUL. */
static int put(char **to, char *end, unsigned char byte) {
  char text[5];
  if (is_special(byte))
    snprintf(text, sizeof text, "\\%c", byte);
  else if (byte <= ' ' || byte >= 0x7f)
    snprintf(text, sizeof text, "\\%03u", byte);
  else
    snprintf(text, sizeof text, "%c", byte);
  size_t length = strlen(text);
  if (end - *to <= (ptrdiff_t)length) return 0;
  memcpy(*to, text, length);
  *to += length;
  return 1;
}

/* Writes the name at `from` as text, the root as `root`. Returns the bytes that it takes there, or -1. */
static int expand(const unsigned char *message, const unsigned char *end, const unsigned char *from, char *text,
                  int room, const char *root) {
  char *to = text, *limit = text + room;
  int taken = 0, hops = 0, total = 0;
  if (from < message || from >= end) return result(-EMSGSIZE);
  for (const unsigned char *at = from;;) {
    if (at >= end) return result(-EMSGSIZE);
    unsigned length = *at++;
    if (length == 0) {
      if (!taken) taken = (int)(at - from);
      break;
    }
    if ((length & POINTER) == POINTER) {
      if (at >= end || ++hops > MOST_HOPS) return result(-EMSGSIZE);
      if (!taken) taken = (int)(at + 1 - from);
      const unsigned char *target = message + ((length & ~POINTER) << 8 | *at);
      if (target >= end) return result(-EMSGSIZE);
      at = target;
      continue;
    }
    total += (int)length + 1;
    if ((length & POINTER) || total >= NS_MAXCDNAME || end - at < (ptrdiff_t)length) return result(-EMSGSIZE);
    if (to != text && limit - to > 1) *to++ = '.';
    for (; length > 0; length--)
      if (!put(&to, limit, *at++)) return result(-EMSGSIZE);
  }
  if (to == text) to += snprintf(text, (size_t)room, "%s", root);
  if (to >= limit) return result(-EMSGSIZE);
  *to = '\0';
  return taken;
}

int dn_expand(const unsigned char *message, const unsigned char *end, const unsigned char *from, char *text,
              int room) {
  return expand(message, end, from, text, room, "");
}

int ns_name_uncompress(const unsigned char *message, const unsigned char *end, const unsigned char *from, char *text,
                       size_t room) {
  return expand(message, end, from, text, (int)room, ".");
}

int dn_skipname(const unsigned char *from, const unsigned char *end) {
  for (const unsigned char *at = from; at < end;) {
    unsigned length = *at++;
    if (length == 0) return (int)(at - from);
    if ((length & POINTER) == POINTER) {
      if (at >= end) break;
      return (int)(at + 1 - from);
    }
    if (length & POINTER) break;
    at += length;
  }
  return result(-EMSGSIZE);
}

/* Reads one byte of a label of a name in text: 1, 0 at the end of the label, -1 for nonsense. */
static int next_byte(const char **text, unsigned char *byte) {
  const char *at = *text;
  if (*at == '\0' || *at == '.') return 0;
  if (*at != '\\') {
    *byte = (unsigned char)*at;
    *text = at + 1;
    return 1;
  }
  if (isdigit((unsigned char)at[1]) && isdigit((unsigned char)at[2]) && isdigit((unsigned char)at[3])) {
    int value = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    *byte = (unsigned char)value;
    *text = at + 4;
    return value > 255 ? -1 : 1;
  }
  if (at[1] == '\0') return -1;
  *byte = (unsigned char)at[1];
  *text = at + 2;
  return 1;
}

/* The name as labels; their whole length, or -1. */
static int encode(const char *text, unsigned char *name) {
  int at = 0;
  if (!strcmp(text, ".")) text++;
  while (*text) {
    int start = at++, more;
    unsigned char byte;
    while ((more = next_byte(&text, &byte)) > 0) {
      if (at - start > NS_MAXLABEL || at >= NS_MAXCDNAME - 1) return -1;
      name[at++] = byte;
    }
    if (more < 0 || at == start + 1) return -1;
    name[start] = (unsigned char)(at - start - 1);
    if (*text == '.') text++;
  }
  name[at++] = 0;
  return at;
}

/* Whether the name at `from` of a message is this one. */
static int is_same(const unsigned char *message, const unsigned char *from, const unsigned char *name) {
  for (int hops = 0; hops < MOST_HOPS;) {
    if ((*from & POINTER) == POINTER) {
      from = message + ((*from & ~POINTER) << 8 | from[1]);
      hops++;
      continue;
    }
    if (*from != *name) return 0;
    if (*from == 0) return 1;
    for (int i = 1; i <= *name; i++)
      if (tolower(from[i]) != tolower(name[i])) return 0;
    from += *from + 1;
    name += *name + 1;
  }
  return 0;
}

/* Where a name that ends like this one stands already, as an offset; -1 if it does not. */
static int offset_of(const unsigned char **known, const unsigned char *name) {
  if (!known || !known[0] || *name == 0) return -1;
  for (const unsigned char **each = known + 1; *each; each++)
    for (const unsigned char *at = *each; *at != 0 && !(*at & POINTER); at += *at + 1)
      if (at - known[0] < 0x4000 && is_same(known[0], at, name)) return (int)(at - known[0]);
  return -1;
}

int dn_comp(const char *text, unsigned char *to, int room, unsigned char **known, unsigned char **known_end) {
  unsigned char name[NS_MAXCDNAME + 1];
  int length = encode(text, name), at = 0, from = 0, offset;
  if (length < 0) return result(-EMSGSIZE);
  while ((offset = offset_of((const unsigned char **)known, name + from)) < 0) {
    int label = name[from] + 1;
    if (at + label > room) return result(-EMSGSIZE);
    memcpy(to + at, name + from, (size_t)label);
    at += label;
    from += label;
    if (label == 1) break;
  }
  if (offset >= 0) {
    if (at + 2 > room) return result(-EMSGSIZE);
    to[at++] = (unsigned char)(POINTER | offset >> 8);
    to[at++] = (unsigned char)offset;
  }
  if (known && known_end && from > 0) {
    unsigned char **last = known;
    while (*last) last++;
    if (last + 1 < known_end) {
      last[0] = to;
      last[1] = NULL;
    }
  }
  return at;
}
