/* <sys/eventfd.h> and <sys/timerfd.h>: descriptors of numbers and of time. */
#include "say.h"

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

static void put(const char *what, int fd, uint64_t value) { say(what, write(fd, &value, sizeof value)); }

static void take(const char *what, int fd) {
  uint64_t value = 77;
  ssize_t got = read(fd, &value, sizeof value);
  if (got < 0)
    printf("%s: %s\n", what, errno_name(errno));
  else
    printf("%s: %d bytes, %llu\n", what, (int)got, (unsigned long long)value);
}

static void events(void) {
  char small[4], large[16] = {0};
  eventfd_t value;
  int fd = say_fd("eventfd", eventfd(3, EFD_NONBLOCK));
  say_ready("with 3", fd);
  take("read", fd);
  say_ready("with 0", fd);
  take("read nothing", fd);
  put("write 2", fd, 2);
  put("write 5", fd, 5);
  take("the sum", fd);
  put("write 0", fd, 0);
  say_ready("still nothing", fd);
  put("the most", fd, UINT64_MAX - 1);
  say_ready("full", fd);
  put("one more", fd, 1);
  put("too much at once", fd, UINT64_MAX);
  take("the most", fd);
  say("read 4 bytes", read(fd, small, sizeof small));
  say("write 4 bytes", write(fd, small, sizeof small));
  put("write 5", fd, 5);
  say("read 16 bytes", read(fd, large, sizeof large));
  printf("it was %d\n", large[0]);
  say("eventfd_write", eventfd_write(fd, 9));
  say("eventfd_read", eventfd_read(fd, &value));
  printf("%d\n", (int)value);
  say("eventfd_read of nothing", eventfd_read(fd, &value));
  close(fd);
  fd = say_fd("a semaphore", eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
  take("one", fd);
  take("two", fd);
  take("three", fd);
  say("FD_CLOEXEC", fcntl(fd, F_GETFD));
  close(fd);
  say_fd("unknown flags", eventfd(0, 0x40));
}

static void as_descriptor(const char *what, int fd) {
  struct stat found;
  int count = 0, on = 1;
  printf("as a descriptor, %s:\n", what);
  say("F_GETFL", (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
  say("O_NONBLOCK", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  say("FIONBIO", ioctl(fd, FIONBIO, &on));
  say("O_NONBLOCK", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  say("FIONREAD", ioctl(fd, FIONREAD, &count));
  say("fstat", fstat(fd, &found));
  printf("size %d, %s\n", (int)found.st_size, S_ISREG(found.st_mode) || S_ISDIR(found.st_mode) ? "a file" : "no file");
  say("recv", recv(fd, &count, sizeof count, 0));
  say("isatty", isatty(fd));
  int copy = MUST(dup(fd));
  say("F_SETFL of the copy", fcntl(copy, F_SETFL, 0));
  say("O_NONBLOCK of both", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  say("close", close(copy));
  say("O_NONBLOCK of the one that is left", fcntl(fd, F_SETFL, O_NONBLOCK));
}

static int in_ms(int fd, int flags, long first, long every) {
  struct itimerspec value = {{every / 1000, every % 1000 * 1000000}, {first / 1000, first % 1000 * 1000000}};
  return timerfd_settime(fd, flags, &value, NULL);
}

static void settings(void) {
  struct itimerspec value = {{0, 0}, {5, 500000000}}, old = {{1, 1}, {1, 1}};
  int fd = say_fd("timerfd_create", timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  say("FD_CLOEXEC", fcntl(fd, F_GETFD));
  take("not set", fd);
  say_ready("not set", fd);
  say("timerfd_gettime", timerfd_gettime(fd, &old));
  printf("%d.%d every %d.%d\n", (int)old.it_value.tv_sec, (int)old.it_value.tv_nsec, (int)old.it_interval.tv_sec,
         (int)old.it_interval.tv_nsec);
  say("timerfd_settime", timerfd_settime(fd, 0, &value, &old));
  printf("it was %d every %d\n", (int)old.it_value.tv_sec, (int)old.it_interval.tv_sec);
  value = (struct itimerspec){{0, 250000000}, {100, 0}};
  say("timerfd_settime", timerfd_settime(fd, 0, &value, &old));
  say_whether("about 5.5 s were left", old.it_value.tv_sec == 5 && old.it_value.tv_nsec > 0);
  say("timerfd_gettime", timerfd_gettime(fd, &old));
  say_whether("about 100 s are left", old.it_value.tv_sec == 99 || old.it_value.tv_sec == 100);
  printf("every %d.%d s\n", (int)old.it_interval.tv_sec, (int)old.it_interval.tv_nsec);
  memset(&value, 0, sizeof value);
  say("stopped", timerfd_settime(fd, 0, &value, NULL));
  say("timerfd_gettime", timerfd_gettime(fd, &old));
  printf("%d left\n", (int)old.it_value.tv_sec);
  value.it_value.tv_nsec = 1000000000;
  say("a second of ns", timerfd_settime(fd, 0, &value, NULL));
  value.it_value.tv_nsec = -1;
  say("negative ns", timerfd_settime(fd, 0, &value, NULL));
  value = (struct itimerspec){{0, 0}, {-1, 0}};
  say("negative seconds", timerfd_settime(fd, 0, &value, NULL));
  value = (struct itimerspec){{-1, 0}, {1, 0}};
  say("a negative interval", timerfd_settime(fd, 0, &value, NULL));
  value = (struct itimerspec){{0, 0}, {1, 0}};
  say("unknown flags", timerfd_settime(fd, 0x80, &value, NULL));
  int other = eventfd(0, 0);
  say("of no timer", timerfd_settime(other, 0, &value, NULL));
  say("of no timer", timerfd_gettime(other, &value));
  say("of no descriptor", timerfd_gettime(777, &value));
  put("write", fd, 1);
  close(other);
  close(fd);
  say_fd("unknown flags", timerfd_create(CLOCK_MONOTONIC, 0x40));
}

static void expirations(void) {
  char small[4];
  struct timespec now;
  uint64_t count;
  int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  say("once", in_ms(fd, 0, 20, 0));
  take("it blocks until then", fd);
  set_nonblocking(fd);
  take("and no more", fd);
  say("every 10 ms", in_ms(fd, 0, 10, 10));
  usleep(55000);
  say("poll", poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1));
  ssize_t got = read(fd, &count, sizeof count);
  printf("%d bytes, %s\n", (int)got, count >= 5 && count < 500 ? "several at once" : "another number");
  say("read 4 bytes", read(fd, small, sizeof small));
  await(fd, POLLIN);
  say("set again before it is read", in_ms(fd, 0, 60000, 0));
  take("forgotten", fd);
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct itimerspec past = {{0, 0}, {now.tv_sec > 1 ? now.tv_sec - 1 : 0, 1}};
  say("in the past", timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
  take("at once", fd);
  past.it_interval.tv_nsec = 10000000;
  timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL);
  got = read(fd, &count, sizeof count);
  printf("%d bytes, %s\n", (int)got, count >= 5 && count < 500 ? "since then" : "another number");
  close(fd);
  fd = timerfd_create(CLOCK_REALTIME, 0);
  clock_gettime(CLOCK_REALTIME, &now);
  struct itimerspec soon = {{0, 0}, {now.tv_sec, now.tv_nsec + 30000000}};
  soon.it_value.tv_sec += soon.it_value.tv_nsec / 1000000000;
  soon.it_value.tv_nsec %= 1000000000;
  say("at a time of the day", timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &soon, NULL));
  take("then", fd);
  clock_gettime(CLOCK_REALTIME, &now);
  say_whether("not before", now.tv_sec > soon.it_value.tv_sec ||
                                (now.tv_sec == soon.it_value.tv_sec && now.tv_nsec >= soon.it_value.tv_nsec));
  close(fd);
}

static void waits(void) {
  fd_set reads, writes;
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), event = eventfd(0, EFD_NONBLOCK), ends[2];
  struct pollfd all[] = {{.fd = timer, .events = POLLIN}, {.fd = event, .events = POLLIN}, {.fd = -1}};
  MUST(pipe(ends));
  all[2] = (struct pollfd){.fd = ends[0], .events = POLLIN};
  in_ms(timer, 0, 20, 0);
  say("poll, a time that is shorter", poll(all, 3, 1));
  say("poll, one that is longer", poll(all, 3, 20000));
  for (int i = 0; i < 3; i++) printf("%s ", events_name(all[i].revents));
  printf("\n");
  take("the timer", timer);
  say("poll at once", poll(all, 3, 0));
  in_ms(timer, 0, 20, 0);
  FD_ZERO(&reads);
  FD_ZERO(&writes);
  FD_SET(timer, &reads);
  FD_SET(event, &reads);
  FD_SET(ends[0], &reads);
  say("select", select(event > ends[1] ? event + 1 : ends[1] + 1, &reads, NULL, NULL, NULL));
  printf("%d %d %d\n", FD_ISSET(timer, &reads) != 0, FD_ISSET(event, &reads) != 0, FD_ISSET(ends[0], &reads) != 0);
  FD_ZERO(&reads);
  FD_SET(event, &writes);
  say("select for room", select(event + 1, &reads, &writes, NULL, NULL));
  take("the timer", timer);
  in_ms(timer, 0, 60000, 0);
  put("the event", event, 1);
  say("poll, another is ready", poll(all, 3, -1));
  take("the event", event);
  MUST(write(ends[1], "x", 1));
  say("poll, a pipe is ready", poll(all, 3, -1));
  close(timer), close(event), close(ends[0]), close(ends[1]);
}

static void by_epoll(void) {
  struct epoll_event one = {.events = EPOLLIN, .data.u32 = 1}, found[4];
  int epoll = epoll_create1(0), outer = epoll_create1(0);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), event = eventfd(0, EFD_NONBLOCK);
  say("add a timer", epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &one));
  one = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u32 = 2};
  say("add an event, for edges", epoll_ctl(epoll, EPOLL_CTL_ADD, event, &one));
  say("epoll_wait, nothing", epoll_wait(epoll, found, 4, 0));
  in_ms(timer, 0, 20, 0);
  say("epoll_wait, too short", epoll_wait(epoll, found, 4, 1));
  say("epoll_wait", epoll_wait(epoll, found, 4, -1));
  printf("of %u\n", found[0].data.u32);
  say("again: it was not read", epoll_wait(epoll, found, 4, 0));
  take("the timer", timer);
  say("and now", epoll_wait(epoll, found, 4, 0));
  put("the event", event, 1);
  say("the event", epoll_wait(epoll, found, 4, 20000));
  printf("of %u\n", found[0].data.u32);
  say("told once", epoll_wait(epoll, found, 4, 0));
  put("once more", event, 1);
  say("told again", epoll_wait(epoll, found, 4, 0));
  one = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u32 = 3};
  say("the timer, for edges", epoll_ctl(epoll, EPOLL_CTL_MOD, timer, &one));
  in_ms(timer, 0, 20, 20);
  say("one expiration", epoll_wait(epoll, found, 4, 20000));
  printf("of %u\n", found[0].data.u32);
  say("no other before it is read", epoll_wait(epoll, found, 4, 50));
  say("read it", read(timer, &(uint64_t){0}, 8));
  say("and the next", epoll_wait(epoll, found, 4, 20000));
  one = (struct epoll_event){.events = EPOLLIN | EPOLLONESHOT, .data.u32 = 4};
  say("the timer, once", epoll_ctl(epoll, EPOLL_CTL_MOD, timer, &one));
  say("told", epoll_wait(epoll, found, 4, 20000));
  say("not armed", epoll_wait(epoll, found, 4, 30));
  one = (struct epoll_event){.events = EPOLLIN, .data.u32 = 5};
  say("armed", epoll_ctl(epoll, EPOLL_CTL_MOD, timer, &one));
  in_ms(timer, 0, 20, 0);
  say("an instance in another", epoll_ctl(outer, EPOLL_CTL_ADD, epoll, &one));
  say("waits for the timer", epoll_wait(outer, found, 4, 20000));
  struct pollfd of_outer = {.fd = outer, .events = POLLIN};
  say("poll of it", poll(&of_outer, 1, 0));
  take("the timer", timer);
  say("epoll_wait of both", epoll_wait(outer, found, 4, 0));
  in_ms(timer, 0, 20, 0);
  say("poll of it waits", poll(&of_outer, 1, 20000));
  say("close the timer", close(timer));
  say("nothing is left", epoll_wait(outer, found, 4, 10));
  close(event), close(epoll), close(outer);
}

static int written;
static void write_event(int signal) {
  uint64_t one = 1;
  (void)signal;
  if (write(written, &one, sizeof one) < 0) exit(1);
}

static void by_handler(void) {
  written = eventfd(0, 0);
  signal(SIGALRM, write_event);
  ualarm(20000, 0);
  take("written by a handler while the program reads", written);
  close(written);
}

int main(void) {
  begin();
  events();
  int event = eventfd(1, 0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  as_descriptor("an event", event);
  as_descriptor("a timer", timer);
  close(event), close(timer);
  settings();
  expirations();
  waits();
  by_epoll();
  by_handler();
  return 0;
}
