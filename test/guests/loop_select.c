/* 500 connections in a loop around select. */
#include "loop.h"

#include <sys/select.h>

static fd_set reads, writes;
static int highest;

static void watch(int fd, int what) {
  if (fd > highest) highest = fd;
  FD_CLR(fd, &reads);
  FD_CLR(fd, &writes);
  FD_SET(fd, what == READS ? &reads : &writes);
}

static void unwatch(int fd) {
  FD_CLR(fd, &reads);
  FD_CLR(fd, &writes);
}

static int wait_for(int *fds, int *whats) {
  fd_set readable = reads, writable = writes;
  struct timeval timeout = {20, 0};
  int found = select(highest + 1, &readable, &writable, NULL, &timeout), count = 0;
  for (int fd = 0; found > 0 && fd <= highest; fd++) {
    int what = (FD_ISSET(fd, &readable) ? READS : 0) | (FD_ISSET(fd, &writable) ? WRITES : 0);
    if (!what) continue;
    fds[count] = fd;
    whats[count++] = what;
  }
  return found < 0 ? found : count;
}

int main(void) {
  run();
  return 0;
}
