/* Asks poll_oneoff for ever more subscriptions, and says for each number of them which errno comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

extern int32_t plain_poll_oneoff(int32_t, int32_t, int32_t, int32_t)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("poll_oneoff")));

int main(void) {
  static const uint32_t counts[] = {1, 1024, 2048, 2112, 2113, 4096, 65536, 1000000, 20000000, 89478486, 0x80000000u, 0xffffffffu};
  const uint32_t most = 1000000;
  __wasi_subscription_t *asked = calloc(most, sizeof *asked);
  __wasi_event_t *events = calloc(most, sizeof *events);
  uint32_t found = 0;
  for (uint32_t index = 0; index < most; index++) {
    asked[index].userdata = index;
    asked[index].u.tag = index % 3 == 0 ? __WASI_EVENTTYPE_CLOCK : __WASI_EVENTTYPE_FD_WRITE;
    if (index % 3 != 0) asked[index].u.u.fd_write.file_descriptor = index % 3;
  }
  for (unsigned at = 0; at < sizeof counts / sizeof *counts; at++)
    for (int repeat = 0; repeat < 20; repeat++) {
      int32_t errno_ = plain_poll_oneoff((int32_t)asked, (int32_t)events, (int32_t)counts[at], (int32_t)&found);
      if (repeat == 19) printf("%u %d\n", counts[at], errno_);
    }
  return 0;
}
