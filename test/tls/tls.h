/* What the guests of these tests have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posix_sockets.h"

static inline const char *name_of(int32_t result) {
  static char number[16];
  if (result < 0) return wasm_sock_errno_name(result);
  snprintf(number, sizeof number, "%d", result);
  return number;
}

static inline int fail(const char *what, int32_t result) {
  printf("%s: %s\n", what, wasm_sock_errno_name(result));
  return 1;
}

static inline int32_t send_all(int32_t fd, const char *data, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    const int32_t count = wasm_sock_send(fd, data + at, length - at, 0);
    if (count < 0) return count;
    at += (uint32_t)count;
  }
  return 0;
}

static inline int print_all(int32_t fd) {
  static char buffer[65536];
  int32_t count;
  while ((count = wasm_sock_recv(fd, buffer, sizeof buffer, 0)) > 0) fwrite(buffer, 1, (size_t)count, stdout);
  if (count < 0) return fail("recv", count);
  printf("end\n");
  return wasm_sock_close(fd);
}

/* FNV-1a over four bytes at a time, of which all lengths here are multiples. */
static inline uint32_t sum_of(uint32_t sum, const uint32_t *words, uint32_t bytes) {
  for (uint32_t at = 0; at < bytes / 4; at++) sum = (sum ^ words[at]) * 16777619u;
  return sum;
}

/* Numbers counting up, so that a piece that is lost, doubled or out of place changes the sum. */
static inline int send_pieces(int32_t fd, uint32_t bytes) {
  static uint32_t words[16384];
  uint32_t sum = 2166136261u, number = 0;
  for (uint32_t left = bytes; left > 0;) {
    const uint32_t piece = left < sizeof words ? left : (uint32_t)sizeof words;
    for (uint32_t at = 0; at < piece / 4; at++) words[at] = number++;
    sum = sum_of(sum, words, piece);
    const int32_t result = send_all(fd, (const char *)words, piece);
    if (result < 0) return fail("send", result);
    left -= piece;
  }
  printf("%u bytes, sum %u\n", bytes, sum);
  return wasm_sock_close(fd);
}

static inline int take_pieces(int32_t fd) {
  static uint32_t words[16384];
  uint32_t sum = 2166136261u, total = 0;
  int32_t count;
  while ((count = wasm_sock_recv(fd, words, sizeof words, WASM_MSG_WAITALL)) > 0) {
    sum = sum_of(sum, words, (uint32_t)count);
    total += (uint32_t)count;
  }
  if (count < 0) return fail("recv", count);
  printf("%u bytes, sum %u\n", total, sum);
  return wasm_sock_close(fd);
}

/* What TLS has come to. */
static inline void say_how(int32_t fd, int32_t result) {
  static const char *const names[] = {"version", "cipher", "alpn", "server name", "subject", "issuer", "names"};
  char text[256];
  printf("starttls: %s\n", name_of(result));
  if (wasm_sock_tls_error(fd, text, sizeof text) > 0) printf("error: %s\n", text);
  for (int what = 0; result == 0 && what < 7; what++) {
    wasm_sock_tls_info(fd, what, text, sizeof text);
    if (what != WASM_TLS_CIPHER) printf("%s: %s\n", names[what], text);
  }
  fflush(stdout);
}
