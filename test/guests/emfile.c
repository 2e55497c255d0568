/* When the descriptors run out: EMFILE from every call that makes one, until one is closed. */
#include "say.h"

#include <sys/resource.h>

enum { ENOUGH = 70000 };

static int fds[ENOUGH];

int main(void) {
  begin();
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 64, .rlim_max = 64});
  struct sockaddr_in address;
  int listener = listening(&address), client = MUST(socket(AF_INET, SOCK_STREAM, 0)), pair[2], count = 0;
  MUST(connect(client, any(&address), sizeof address));
  await(listener, POLLIN);
  do fds[count] = socket(AF_INET, SOCK_DGRAM, 0);
  while (fds[count] >= 0 && ++count < ENOUGH);
  say("socket at last", fds[count]);
  say_whether("some were to be had", count > 20);
  say_fd("socket again", socket(AF_INET, SOCK_STREAM, 0));
  say_fd("dup", dup(client));
  say_fd("accept", accept(listener, NULL, NULL));
  say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say_ready("the connection still waits", listener);

  int last = fds[count - 1], middle = fds[count / 2];
  say("one is closed", close(middle));
  say("socketpair needs two", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  int server = say_fd("accept", accept(listener, NULL, NULL));
  say_whether("it took the number that was free", server == middle);
  say_fd("no more", dup(client));
  say("another is closed", close(last));
  int copy = say_fd("dup", dup(client));
  say_whether("it took the number that was free", copy == last);
  say("both are closed", close(copy) + close(server));
  say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say_whether("lowest first", pair[0] == (middle < last ? middle : last) && pair[1] == (middle < last ? last : middle));
  for (int i = 0; i < count; i++) close(fds[i]);
  return 0;
}
