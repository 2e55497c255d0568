/* A server with one event loop: epoll where the headers have it, else poll. The including program says what a connection does. */
#ifndef LOOP_H
#define LOOP_H

#include "measure.h"

#if __has_include(<sys/epoll.h>)
#define HAS_EPOLL 1
#include <sys/epoll.h>
#endif

enum { MOST_FDS = 1 << 15, AT_ONCE = 256 };

/* What a connection waits for, and whether it stays. */
enum wish { CLOSES, READS, WRITES };

/* Does what can be done on a connection that is ready. */
static enum wish serve(int fd);

#ifdef HAS_EPOLL
static int epoll;

static void watch(int fd, enum wish wish, int is_new) {
  struct epoll_event event = {.events = wish == WRITES ? EPOLLOUT : EPOLLIN, .data.fd = fd};
  MUST(epoll_ctl(epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event));
}

static void forget(int fd) { (void)fd; }

static int wait_for_some(int *ready) {
  struct epoll_event events[AT_ONCE];
  int count = (int)MUST(epoll_wait(epoll, events, AT_ONCE, -1));
  for (int i = 0; i < count; i++) ready[i] = events[i].data.fd;
  return count;
}

static void begin(void) { epoll = (int)MUST(epoll_create1(0)); }
#else
static struct pollfd watched[MOST_FDS];
static nfds_t end;

static void watch(int fd, enum wish wish, int is_new) {
  (void)is_new;
  watched[fd] = (struct pollfd){.fd = fd, .events = wish == WRITES ? POLLOUT : POLLIN};
  if ((nfds_t)fd >= end) end = (nfds_t)fd + 1;
}

static void forget(int fd) { watched[fd].fd = -1; }

static int wait_for_some(int *ready) {
  int count = 0;
  MUST(poll(watched, end, -1));
  for (nfds_t i = 0; i < end && count < AT_ONCE; i++)
    if (watched[i].fd >= 0 && watched[i].revents) ready[count++] = watched[i].fd;
  return count;
}

static void begin(void) {
  for (int i = 0; i < MOST_FDS; i++) watched[i].fd = -1;
}
#endif

static void welcome(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd >= MOST_FDS) exit((fprintf(stderr, "too many connections\n"), 1));
    if (fd < 0) return;
    watch(fd, READS, 1);
  }
}

/* Serves until the program is killed. */
static void serve_all(void) {
  static enum wish wishes[MOST_FDS];
  int ready[AT_ONCE];
  begin();
  int listener = listening();
  MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
  watch(listener, READS, 1);
  for (;;) {
    int count = wait_for_some(ready);
    for (int i = 0; i < count; i++) {
      int fd = ready[i];
      if (fd == listener) {
        welcome(listener);
        continue;
      }
      enum wish before = wishes[fd] ? wishes[fd] : READS, wish = serve(fd);
      wishes[fd] = wish;
      if (wish == CLOSES) {
        forget(fd);
        close(fd);
      } else if (wish != before) watch(fd, wish, 0);
    }
  }
}

#endif
