/* select: sets as values, up to the last descriptor, what it does to its timeout, and descriptors that are none. */
#include "say.h"

#include <sys/resource.h>
#include <sys/select.h>

static int members(const fd_set *set) {
  int count = 0;
  for (int fd = 0; fd < FD_SETSIZE; fd++) count += FD_ISSET(fd, set) != 0;
  return count;
}

static void sets(void) {
  fd_set a, b;
  puts("-- sets");
  FD_ZERO(&a);
  for (int fd = 0; fd < FD_SETSIZE; fd += 3) FD_SET(fd, &a);
  FD_SET(3, &a);
  b = a;
  FD_CLR(3, &b);
  FD_CLR(4, &b);
  printf("FD_SETSIZE %d, %zu bytes, NFDBITS fits %d\n", FD_SETSIZE, sizeof a, FD_SETSIZE % NFDBITS);
  printf("%d and, in a copy without one, %d\n", members(&a), members(&b));
  say_whether("the last is in", FD_ISSET(1023, &a));
  FD_ZERO(&a);
  printf("%d\n", members(&a));
}

static void high(void) {
  int pair[2], top = FD_SETSIZE - 1;
  fd_set reads, writes;
  puts("-- the last descriptor");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  MUST(dup2(pair[0], top));
  FD_ZERO(&reads);
  FD_ZERO(&writes);
  FD_SET(top, &reads);
  FD_SET(top, &writes);
  say("select", select(top + 1, &reads, &writes, NULL, &(struct timeval){0, 0}));
  say_whether("only to write", !FD_ISSET(top, &reads) && FD_ISSET(top, &writes));
  MUST(write(pair[1], "x", 1));
  FD_SET(top, &reads);
  FD_SET(pair[0], &reads);
  say("select of both", select(top + 1, &reads, NULL, NULL, NULL));
  printf("%d members\n", members(&reads));
  FD_ZERO(&reads);
  FD_SET(top, &reads);
  say("select that does not reach it", select(top, &reads, NULL, NULL, &(struct timeval){0, 0}));
  say("select with more than there can be", select(FD_SETSIZE * 2, &reads, NULL, NULL, &(struct timeval){0, 0}));
  close(top);
  close(pair[0]);
  close(pair[1]);
}

static void times(void) {
  int ends[2];
  fd_set reads, excepts;
  struct timeval timeout = {5, 0};
  struct timespec short_time = {0, 1000000};
  sigset_t none;
  puts("-- times");
  MUST(pipe(ends));
  MUST(write(ends[1], "x", 1));
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  say("select of what is ready", select(ends[0] + 1, &reads, NULL, NULL, &timeout));
  say_whether("what is left of 5 s", timeout.tv_sec == 4 || (timeout.tv_sec == 5 && timeout.tv_usec == 0));
  timeout = (struct timeval){0, 30000};
  FD_ZERO(&reads);
  FD_SET(ends[1], &reads);
  long long started = now_ms();
  say("select of what is not, 30 ms", select(ends[1] + 1, &reads, NULL, NULL, &timeout));
  say_whether("it took that long", now_ms() - started >= 29);
  say_whether("nothing is left", timeout.tv_sec == 0 && timeout.tv_usec == 0);
  FD_ZERO(&excepts);
  FD_SET(ends[0], &excepts);
  sigemptyset(&none);
  say("pselect for exceptions", pselect(ends[0] + 1, NULL, NULL, &excepts, &short_time, &none));
  say_whether("it is taken out", !FD_ISSET(ends[0], &excepts));
  short_time.tv_nsec = 1000000000;
  say("a timeout that is none", pselect(0, NULL, NULL, NULL, &short_time, NULL));
  timeout = (struct timeval){0, 1500000};
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  say("more than a second in microseconds", select(ends[0] + 1, &reads, NULL, NULL, &timeout));
  timeout = (struct timeval){0, -1};
  say("a negative timeout", select(0, NULL, NULL, NULL, &timeout));
  close(ends[0]);
  close(ends[1]);
}

static void none(void) {
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0)), copy = MUST(dup(fd));
  fd_set reads;
  puts("-- no descriptors");
  close(copy);
  FD_ZERO(&reads);
  FD_SET(copy, &reads);
  FD_SET(fd, &reads);
  say("one of two is closed", select(copy + 1, &reads, NULL, NULL, &(struct timeval){0, 0}));
  say_whether("the set is as it was", FD_ISSET(copy, &reads) && FD_ISSET(fd, &reads));
  say("below it", select(copy, &reads, NULL, NULL, &(struct timeval){0, 0}));
  say("a negative count", select(-1, &reads, NULL, NULL, NULL));
  close(fd);
}

int main(void) {
  begin();
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 1024, .rlim_max = 1024});
  sets();
  high();
  times();
  none();
  return 0;
}
