/* accept_rate WARM_MS RUN_MS MOST: how many connections a second are accepted and closed, for RUN_MS or until there were MOST. */
#include "measure.h"

static long long accept_until(int listener, long long until, long long most) {
  long long accepted = 0;
  for (; accepted < most && now_ns() < until; accepted++) MUST(close((int)MUST(accept(listener, NULL, NULL))));
  return accepted;
}

int main(int argc, char **argv) {
  long warm_ms = argument(argc, argv, 1), run_ms = argument(argc, argv, 2), most = argument(argc, argv, 3);
  int listener = listening();
  long long before = accept_until(listener, now_ns() + 20000000000LL, 1); /* the peer is there */
  before += accept_until(listener, now_ns() + warm_ms * 1000000LL, most / 2);
  long long start = now_ns();
  long long accepted = accept_until(listener, start + run_ms * 1000000LL, most - before);
  print_result(now_ns() - start, accepted);
  close(listener);
  return 0;
}
