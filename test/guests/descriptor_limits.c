/* Limits: RLIMIT_NOFILE that is lowered and raised, and what each call makes of it; the other limits; select with high numbers. */
#include "say.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>

static rlim_t most;
static const char *place;

static void set(rlim_t soft, rlim_t hard) {
  char what[32] = "set to what cannot be";
  if (soft < most - 1) snprintf(what, sizeof what, "set to %s%d", hard == most ? "" : "both ", (int)soft);
  say(what, setrlimit(RLIMIT_NOFILE, &(struct rlimit){soft, hard}));
}

static void show(void) {
  struct rlimit now;
  MUST(getrlimit(RLIMIT_NOFILE, &now));
  printf("soft %d, hard %s, sysconf %ld, getdtablesize %d\n", (int)now.rlim_cur, now.rlim_max == most ? "as before" : "less",
         sysconf(_SC_OPEN_MAX), getdtablesize());
}

static void lowered(void) {
  int fds[64], pair[2], count = 0, listener, client;
  struct sockaddr_in address;
  listener = listening(&address);
  client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(client, any(&address), sizeof address));
  await(listener, POLLIN);
  int high = MUST(fcntl(client, F_DUPFD, 50));
  printf("high %d\n", high);
  set(20, most);
  show();
  while (count < 64 && (fds[count] = dup(client)) >= 0) count++;
  say("dup at last", fds[count]);
  say_whether("up to 19", count > 0 && fds[count - 1] == 19);
  say_fd("socket", socket(AF_INET, SOCK_DGRAM, 0));
  say_fd("open", open(place, O_RDONLY));
  say_fd("accept", accept(listener, NULL, NULL));
  say("pipe", pipe(pair));
  say_fd("epoll_create1", epoll_create1(0));
  say("dup2 to the limit", dup2(client, 20));
  say("dup2 below", dup2(client, 19));
  say("F_DUPFD at the limit", fcntl(client, F_DUPFD, 20));
  say("poll for more", poll((struct pollfd[21]){{.fd = client}}, 21, 0));
  say("the high one still is", fcntl(high, F_GETFD));
  close(19);
  say_fd("accept", accept(listener, NULL, NULL));
  say("closed", close(high));
  set(30, most);
  while (count < 64 && (fds[count] = dup(client)) >= 0) count++;
  say_whether("up to 29", fds[count - 1] == 29);
  for (int fd = 5; fd < 30; fd++) close(fd);
}

static void orders(void) {
  set(most + 1, most + 1);
  set(most, most - 1);
  set(40, 100);
  show();
  set(100, 100);
  set(101, 101);
  set(41, most);
  show();
  struct rlimit limit;
  say("no resource", getrlimit(99, &limit));
  say("no resource", setrlimit(-1, &limit));
  limit = (struct rlimit){2, 1};
  say("soft above hard", setrlimit(RLIMIT_CORE, &limit));
  limit = (struct rlimit){0, 0};
  say("no core", setrlimit(RLIMIT_CORE, &limit));
  limit.rlim_max = 1;
  say("core again", setrlimit(RLIMIT_CORE, &limit));
  say("prlimit", prlimit(0, RLIMIT_NOFILE, &(struct rlimit){60, 90}, &limit));
  printf("before %d %d\n", (int)limit.rlim_cur, (int)limit.rlim_max);
  say("prlimit", prlimit(getpid(), RLIMIT_NOFILE, NULL, &limit));
  printf("after %d %d\n", (int)limit.rlim_cur, (int)limit.rlim_max);
}

/* Sets with room for more than FD_SETSIZE, as programs allocate them. */
static void many(void) {
  enum { ROOM = 4096 };
  fd_set *reads = calloc(ROOM / FD_SETSIZE, sizeof(fd_set)), *writes = calloc(ROOM / FD_SETSIZE, sizeof(fd_set));
  int pair[2];
  struct timeval now = {0, 0};
  MUST(pipe(pair));
  FD_SET(pair[0], reads);
  FD_SET(pair[1], writes);
  say("select up to 4096", select(ROOM, reads, writes, NULL, &now));
  printf("%d %d\n", FD_ISSET(pair[0], reads) != 0, FD_ISSET(pair[1], writes) != 0);
  write(pair[1], "x", 1);
  FD_SET(pair[0], reads);
  say("select up to 4096", select(ROOM, reads, NULL, NULL, &now));
  fd_set small;
  FD_ZERO(&small);
  FD_SET(pair[0], &small);
  say("a small set, and a large number", select(1 << 20, &small, NULL, NULL, &now));
  say("less than none", select(-1, reads, NULL, NULL, &now));
  free(reads);
  free(writes);
}

int main(int argc, char **argv) {
  place = argc > 1 ? argv[1] : ".";
  begin();
  if (setuid(1000) < 0) errno = 0; /* a privileged user could raise limits, as a guest never can */
  struct rlimit now;
  MUST(getrlimit(RLIMIT_NOFILE, &now));
  most = now.rlim_max;
  many();
  lowered();
  orders();
  return 0;
}
