/* 500 connections in a loop around poll. */
#include "loop.h"

static struct pollfd watched[MOST_FDS];
static int place[MOST_FDS], places;

static void watch(int fd, int what) {
  if (!place[fd]) place[fd] = ++places;
  watched[place[fd] - 1] = (struct pollfd){.fd = fd, .events = what == READS ? POLLIN : POLLOUT};
}

/* The last one takes the place that becomes free. */
static void unwatch(int fd) {
  watched[place[fd] - 1] = watched[places - 1];
  place[watched[places - 1].fd] = place[fd];
  place[fd] = 0;
  places--;
}

static int wait_for(int *fds, int *whats) {
  int found = poll(watched, (nfds_t)places, 20000), count = 0;
  for (int i = 0; found > 0 && i < places; i++) {
    if (!watched[i].revents) continue;
    fds[count] = watched[i].fd;
    whats[count++] = (watched[i].revents & POLLIN ? READS : 0) | (watched[i].revents & POLLOUT ? WRITES : 0);
  }
  return found < 0 ? found : count;
}

int main(void) {
  run();
  return 0;
}
