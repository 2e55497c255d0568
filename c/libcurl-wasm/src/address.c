#include "address.h"

#include <stdio.h>
#include <string.h>

/* The longest run of two or more zero groups, which becomes "::" (RFC 5952). */
static void find_gap(const uint16_t groups[8], int *start, int *length) {
  *start = -1;
  *length = 1;
  for (int i = 0; i < 8; i++) {
    int run = 0;
    while (i + run < 8 && groups[i + run] == 0) run++;
    if (run > *length) {
      *start = i;
      *length = run;
    }
    if (run > 0) i += run - 1;
  }
}

static void ipv6_text(const uint8_t *bytes, char *text) {
  uint16_t groups[8];
  int gap, gap_length;
  for (int i = 0; i < 8; i++) groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  find_gap(groups, &gap, &gap_length);
  const int is_mapped = gap == 0 && gap_length == 5 && groups[5] == 0xffff;
  if (is_mapped) {
    sprintf(text, "::ffff:%d.%d.%d.%d", bytes[12], bytes[13], bytes[14], bytes[15]);
    return;
  }
  for (int i = 0; i < 8; i++) {
    if (i == gap) {
      text += sprintf(text, "::");
      i += gap_length - 1;
    } else {
      const int needs_colon = i > 0 && !(gap >= 0 && i == gap + gap_length);
      text += sprintf(text, needs_colon ? ":%x" : "%x", groups[i]);
    }
  }
}

int cw_address_text(const struct wasm_sockaddr_storage *address, char *text) {
  *text = '\0';
  if (address->ss_family == WASM_AF_INET) {
    struct wasm_sockaddr_in v4;
    uint8_t bytes[4];
    memcpy(&v4, address, sizeof v4);
    memcpy(bytes, &v4.sin_addr, sizeof bytes);
    sprintf(text, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
    return ntohs_wasm(v4.sin_port);
  }
  if (address->ss_family == WASM_AF_INET6) {
    struct wasm_sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    ipv6_text(v6.sin6_addr.s6_bytes, text);
    return ntohs_wasm(v6.sin6_port);
  }
  return 0;
}
