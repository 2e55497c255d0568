/* bulk_send PORT WARM_MS RUN_MS: how much goes to a peer that takes everything, in pieces of 64 KiB. The peer counts too, and both must agree. */
#include "measure.h"

enum { PIECE = 65536, BETWEEN_LOOKS = 16 };

static char bytes[PIECE];

static long long send_pieces(int fd, long long until) {
  long long sent = 0;
  while (now_ns() < until)
    for (int i = 0; i < BETWEEN_LOOKS; i++) sent += MUST(send(fd, bytes, PIECE, 0));
  return sent;
}

/* What the peer says that it received, once it has seen the end. */
static long long received_by_peer(int fd) {
  char answer[32] = "";
  size_t length = 0;
  MUST(shutdown(fd, SHUT_WR));
  while (length < sizeof answer - 1) {
    ssize_t count = MUST(recv(fd, answer + length, sizeof answer - 1 - length, 0));
    if (count == 0) break;
    length += (size_t)count;
  }
  return atoll(answer);
}

int main(int argc, char **argv) {
  long port = argument(argc, argv, 1), warm_ms = argument(argc, argv, 2), run_ms = argument(argc, argv, 3);
  int fd = connected_to(port);
  long long before = send_pieces(fd, now_ns() + warm_ms * 1000000LL);
  long long start = now_ns();
  long long sent = send_pieces(fd, start + run_ms * 1000000LL);
  long long elapsed = now_ns() - start;
  long long received = received_by_peer(fd);
  if (received != before + sent) {
    fprintf(stderr, "sent %lld bytes, but the peer received %lld\n", before + sent, received);
    return 1;
  }
  print_result(elapsed, sent);
  close(fd);
  return 0;
}
