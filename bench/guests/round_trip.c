/* round_trip PORT SIZE WARM_MS RUN_MS: how long a message of SIZE bytes takes to the peer and back. */
#include "measure.h"

enum { LARGEST = 65536, BETWEEN_LOOKS = 16 };

static char bytes[LARGEST];

static void round_trip(int fd, size_t size) {
  for (size_t sent = 0; sent < size;) sent += (size_t)MUST(send(fd, bytes + sent, size - sent, 0));
  for (size_t got = 0; got < size;) {
    ssize_t count = MUST(recv(fd, bytes + got, size - got, 0));
    if (count == 0) exit((fprintf(stderr, "the peer closed\n"), 1));
    got += (size_t)count;
  }
}

static long long round_trips(int fd, size_t size, long long until) {
  long long trips = 0;
  while (now_ns() < until)
    for (int i = 0; i < BETWEEN_LOOKS; i++, trips++) round_trip(fd, size);
  return trips;
}

int main(int argc, char **argv) {
  long port = argument(argc, argv, 1), size = argument(argc, argv, 2);
  long warm_ms = argument(argc, argv, 3), run_ms = argument(argc, argv, 4);
  if (size < 1 || size > LARGEST) return 2;
  int fd = connected_to(port);
  round_trips(fd, (size_t)size, now_ns() + warm_ms * 1000000LL);
  long long start = now_ns();
  long long trips = round_trips(fd, (size_t)size, start + run_ms * 1000000LL);
  print_result(now_ns() - start, trips);
  close(fd);
  return 0;
}
