/* Addresses to text, in the form of RFC 5952. wasi-libc's inet_ntop knows only wasi-libc's AF_ numbers. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void print_v4(const uint8_t *bytes, char *out) {
  sprintf(out, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The longest run of zero words, two or more; the first of equals. */
static int longest_zeros(const uint16_t *words, int *start) {
  int longest = 1;
  for (int i = 0; i < 8; i++) {
    int length = 0;
    while (i + length < 8 && words[i + length] == 0) length++;
    if (length > longest) {
      longest = length;
      *start = i;
    }
  }
  return longest > 1 ? longest : 0;
}

static void print_v6(const uint8_t *bytes, char *out) {
  uint16_t words[8];
  int start = -1;
  for (int i = 0; i < 8; i++) words[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  int zeros = longest_zeros(words, &start);
  int mapped = start == 0 && (zeros == 6 || (zeros == 5 && words[5] == 0xffff));
  for (int i = 0; i < 8; i++) {
    if (i == start) {
      out += sprintf(out, "::");
      i += zeros - 1;
      continue;
    }
    if (i == 6 && mapped) {
      if (out[-1] != ':') *out++ = ':';
      print_v4(bytes + 12, out);
      return;
    }
    out += sprintf(out, i > 0 && out[-1] != ':' ? ":%x" : "%x", words[i]);
  }
}

const char *inet_ntop(int family, const void *restrict address, char *restrict out, socklen_t size) {
  char text[INET6_ADDRSTRLEN];
  if (family == AF_INET) {
    print_v4(address, text);
  } else if (family == AF_INET6) {
    print_v6(address, text);
  } else {
    errno = EAFNOSUPPORT;
    return NULL;
  }
  if (strlen(text) >= size) {
    errno = ENOSPC;
    return NULL;
  }
  return strcpy(out, text);
}
