/* Timers that are descriptors. */
#include <errno.h>
#include <sys/timerfd.h>

#include "clock_number.h"
#include "flags.h"
#include "result.h"

_Static_assert(sizeof(struct itimerspec) == sizeof(struct wasm_itimerspec), "itimerspec");

int timerfd_create(clockid_t clock, int flags) {
  int number = clock_number(clock);
  return result(number < 0 ? -EINVAL : wasm_sock_timerfd_create(number, host_flags(flags)));
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old) {
  return result(wasm_sock_timerfd_settime(fd, flags, (const struct wasm_itimerspec *)value,
                                          (struct wasm_itimerspec *)old));
}

int timerfd_gettime(int fd, struct itimerspec *value) {
  return result(wasm_sock_timerfd_gettime(fd, (struct wasm_itimerspec *)value));
}
