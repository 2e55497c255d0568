/* 500 connections in a loop around epoll, 64 events at a time. */
#include "loop.h"

#include <sys/epoll.h>

static int epoll = -1, is_watched[MOST_FDS];

static void watch(int fd, int what) {
  struct epoll_event event = {.events = what == READS ? EPOLLIN : EPOLLOUT, .data.fd = fd};
  if (epoll < 0) epoll = MUST(epoll_create1(0));
  MUST(epoll_ctl(epoll, is_watched[fd] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event));
  is_watched[fd] = 1;
}

static void unwatch(int fd) {
  MUST(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
  is_watched[fd] = 0;
}

static int wait_for(int *fds, int *whats) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, 64, 20000);
  for (int i = 0; i < count; i++) {
    fds[i] = events[i].data.fd;
    whats[i] = (events[i].events & EPOLLIN ? READS : 0) | (events[i].events & EPOLLOUT ? WRITES : 0);
  }
  return count;
}

int main(void) {
  run();
  return 0;
}
