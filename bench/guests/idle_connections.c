/* idle_connections COUNT: accepts COUNT connections, answers one byte on each, and holds them, waiting in poll for any to speak or end. */
#include "measure.h"

int main(int argc, char **argv) {
  long count = argument(argc, argv, 1);
  struct pollfd *fds = calloc((size_t)count, sizeof *fds);
  if (fds == NULL) return 1;
  int listener = listening();
  long long start = now_ns();
  for (long i = 0; i < count; i++) {
    char byte;
    int fd = (int)MUST(accept(listener, NULL, NULL));
    if (MUST(recv(fd, &byte, 1, 0)) == 1) MUST(send(fd, &byte, 1, 0));
    fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
  }
  print_result(now_ns() - start, count);
  MUST(poll(fds, (nfds_t)count, 60000));
  return 0;
}
