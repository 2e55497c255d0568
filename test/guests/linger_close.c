/* SO_LINGER with a time makes close wait until the peer has all. */
#include "say.h"
#include <sys/time.h>

static void fill(int fd) {
  static char block[65536];
  set_nonblocking(fd);
  while (write(fd, block, sizeof block) > 0 || (usleep(50000), write(fd, block, 1) > 0)) continue;
}

static void closes(const char *what, int seconds, int reads) {
  int c, s;
  connected(&c, &s);
  struct linger linger = {1, seconds};
  MUST(setsockopt(c, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  if (!reads) fill(c); else MUST(send(c, "hello", 5, 0));
  long long begun = now_ms();
  say(what, close(c));
  long long ms = now_ms() - begun;
  printf("waited %s\n", ms < 700 ? "not" : ms < 3000 ? "for its time" : "too long");
  close(s);
}

int main(void) {
  begin();
  closes("what the peer has", 20, 1);
  closes("what the peer does not take", 1, 0);
  return 0;
}
