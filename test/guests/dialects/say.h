/* Lines of what happened, errnos by name. */
#ifndef SAY_H
#define SAY_H

#include <stdio.h>
#include "net.h"

#define SAY(...) (printf(__VA_ARGS__), fflush(stdout))

/* Ends the guest, which says what failed and how; answers what did not fail. */
static inline int must(const char *what, int result) {
  if (result >= 0) return result;
  SAY("%s failed: %s\n", what, strerror(-result));
  exit(1);
}

static inline void say_address(const char *what, const struct net_address *address) {
  SAY("%s", what);
  if (address->family == NET_IPV4)
    SAY(" %d.%d.%d.%d", address->bytes[0], address->bytes[1], address->bytes[2], address->bytes[3]);
  else
    for (int i = 0; i < 16; i += 2) SAY("%c%x", i ? ':' : ' ', address->bytes[i] << 8 | address->bytes[i + 1]);
}

static inline struct net_address loopback(enum net_family family, int port) {
  struct net_address address = {family, {0}, (uint16_t)port};
  if (family == NET_IPV6) address.bytes[15] = 1;
  else memcpy(address.bytes, (uint8_t[]){127, 0, 0, 1}, 4);
  return address;
}

static inline enum net_family family_of(const char *text) { return text[0] == '6' ? NET_IPV6 : NET_IPV4; }

#endif
