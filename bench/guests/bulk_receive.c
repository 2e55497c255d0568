/* bulk_receive PORT WARM_MS RUN_MS: how much a peer that sends without end gets through, in pieces of 64 KiB. */
#include "measure.h"

enum { PIECE = 65536, BETWEEN_LOOKS = 16 };

static char bytes[PIECE];

static long long receive(int fd, long long until) {
  long long received = 0;
  while (now_ns() < until)
    for (int i = 0; i < BETWEEN_LOOKS; i++) {
      ssize_t count = MUST(recv(fd, bytes, PIECE, 0));
      if (count == 0) exit((fprintf(stderr, "the peer closed\n"), 1));
      received += count;
    }
  return received;
}

int main(int argc, char **argv) {
  long port = argument(argc, argv, 1), warm_ms = argument(argc, argv, 2), run_ms = argument(argc, argv, 3);
  int fd = connected_to(port);
  receive(fd, now_ns() + warm_ms * 1000000LL);
  long long start = now_ns();
  long long received = receive(fd, start + run_ms * 1000000LL);
  print_result(now_ns() - start, received);
  close(fd);
  return 0;
}
