/* poll_oneoff: clocks, files, bad descriptors. */
#include "say.h"

static __wasi_subscription_t clock_in(uint64_t userdata, __wasi_clockid_t id, uint64_t timeout, int flags) {
  __wasi_subscription_t s = {.userdata = userdata, .u.tag = __WASI_EVENTTYPE_CLOCK};
  s.u.u.clock = (__wasi_subscription_clock_t){.id = id, .timeout = timeout, .precision = 0, .flags = flags};
  return s;
}

static __wasi_subscription_t of_fd(uint64_t userdata, int tag, __wasi_fd_t fd) {
  __wasi_subscription_t s = {.userdata = userdata, .u.tag = tag};
  s.u.u.fd_read.file_descriptor = fd;
  return s;
}

static void poll_these(const char *what, const __wasi_subscription_t *in, __wasi_size_t count) {
  __wasi_event_t out[4];
  __wasi_size_t n = 0;
  say(what, __wasi_poll_oneoff(in, out, count, &n));
  for (__wasi_size_t i = 0; i < n; i++)
    printf("  %llx: %s, type %d, %llu bytes\n", (unsigned long long)out[i].userdata, name_of(out[i].error), out[i].type,
           (unsigned long long)out[i].fd_readwrite.nbytes);
}

int main(void) {
  const uint64_t MS = 1000000;
  __wasi_subscription_t in[4] = {clock_in(0x1111222233334444, 1, 0, 0)};
  poll_these("no subscriptions", in, 0);
  poll_these("a clock that has run out", in, 1);

  __wasi_timestamp_t before, after;
  (void)!__wasi_clock_time_get(1, 0, &before);
  in[0] = clock_in(1, 1, 20 * MS, 0);
  poll_these("20 ms from now", in, 1);
  (void)!__wasi_clock_time_get(1, 0, &after);
  printf("  passed: %s\n", after - before >= 20 * MS && after - before < 2000 * MS ? "about that" : "something else");

  __wasi_timestamp_t now;
  (void)!__wasi_clock_time_get(0, 0, &now);
  in[0] = clock_in(2, 0, now + 20 * MS, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  poll_these("until 20 ms after now", in, 1);
  (void)!__wasi_clock_time_get(0, 0, &after);
  printf("  reached: %s\n", after >= now + 15 * MS ? "yes" : "no");
  in[0] = clock_in(3, 0, 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  poll_these("until 1970", in, 1);
  in[0] = clock_in(4, 9, 1000000 * MS, 0);
  poll_these("a clock that there is not", in, 1);

  make("seven", "1234567");
  __wasi_fd_t fd;
  say("open", open_with("seven", 0, FILE_RIGHTS, 0, &fd));
  in[0] = of_fd(5, __WASI_EVENTTYPE_FD_READ, fd);
  in[1] = of_fd(6, __WASI_EVENTTYPE_FD_WRITE, fd);
  in[2] = clock_in(7, 1, 1000000 * MS, 0);
  poll_these("a file, and a clock", in, 3);
  __wasi_filesize_t at;
  say("seek", __wasi_fd_seek(fd, 5, __WASI_WHENCE_SET, &at));
  poll_these("the file further on", in, 1);

  in[0] = of_fd(8, __WASI_EVENTTYPE_FD_READ, 77);
  in[1] = of_fd(9, __WASI_EVENTTYPE_FD_WRITE, 78);
  poll_these("descriptors that are not open", in, 2);
  in[1] = of_fd(10, __WASI_EVENTTYPE_FD_WRITE, 1);
  in[2] = of_fd(11, __WASI_EVENTTYPE_FD_WRITE, 2);
  poll_these("one that is not, standard output and error", in, 3);
  in[0] = of_fd(12, __WASI_EVENTTYPE_FD_READ, 0);
  poll_these("standard input at its end", in, 1);
  in[0] = of_fd(13, 5, fd);
  poll_these("a type that there is not", in, 1);
}
