/* echo_loop: sends back whatever comes on any of its connections, in one event loop, until it is killed. */
#include "loop.h"

static char bytes[65536];

/* The messages of the measurement are tiny and one at a time, so that what was read always goes out at once. */
static enum wish serve(int fd) {
  ssize_t count = recv(fd, bytes, sizeof bytes, 0);
  if (count < 0 && errno == EAGAIN) return READS;
  return count > 0 && send(fd, bytes, (size_t)count, 0) == count ? READS : CLOSES;
}

int main(int argc, char **argv) {
  argument(argc, argv, 0);
  serve_all();
  return 0;
}
