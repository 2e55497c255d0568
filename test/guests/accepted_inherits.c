/* What an accepted socket takes over from its listener, and backlogs that are no small number. */
#include "say.h"
#include <netinet/tcp.h>
#include <sys/time.h>
#include <sys/un.h>

static void say_times(const char *who, int fd) {
  struct timeval in, out;
  struct linger linger;
  socklen_t length = sizeof in;
  MUST(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, &length));
  length = sizeof out;
  MUST(getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, &length));
  length = sizeof linger;
  MUST(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length));
  printf("%s: receive %ld.%06ld, send %ld.%06ld, linger %d %d\n", who, (long)in.tv_sec, (long)in.tv_usec, (long)out.tv_sec,
         (long)out.tv_usec, linger.l_onoff != 0, linger.l_linger);
}

static int option(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  if (getsockopt(fd, level, name, &value, &length) < 0) return -1000 - errno;
  return value;
}

static void options_of(const char *who, int fd) {
  printf("%s: nodelay %d keepalive %d reuse %d idle %d acceptconn %d\n", who, option(fd, IPPROTO_TCP, TCP_NODELAY) != 0,
         option(fd, SOL_SOCKET, SO_KEEPALIVE), option(fd, SOL_SOCKET, SO_REUSEADDR), option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
         option(fd, SOL_SOCKET, SO_ACCEPTCONN));
  say_whether("does not block", fcntl(fd, F_GETFL) & O_NONBLOCK);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  begin();
  struct sockaddr_in address;
  int listener = bound(SOCK_STREAM, &address);
  struct timeval in = {3, 500000}, out = {4, 500000};
  struct linger linger = {1, 7};
  int on = 1, idle = 77;
  MUST(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof in));
  MUST(setsockopt(listener, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof out));
  MUST(setsockopt(listener, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  MUST(setsockopt(listener, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
  MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  MUST(setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  MUST(setsockopt(listener, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle));
  set_nonblocking(listener);
  say("listen", listen(listener, -1));
  int clients[20];
  for (int i = 0; i < 20; i++) {
    clients[i] = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(clients[i], any(&address), sizeof address));
  }
  puts("20 clients are connected");
  await(listener, POLLIN);
  int accepted = MUST(accept(listener, NULL, NULL));
  say_times("accepted", accepted);
  options_of("accepted", accepted);
  await(listener, POLLIN);
  int second = MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
  say_times("the first", accepted);
  say_times("another", second);
  options_of("another", second);
  say("listen with INT_MIN", listen(listener, -2147483647 - 1));
  say("listen with INT_MAX", listen(listener, 2147483647));

  struct sockaddr_un local = {.sun_family = AF_UNIX};
  snprintf(local.sun_path, sizeof local.sun_path, "%s/s", argv[1]);
  int server = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof in));
  MUST(setsockopt(server, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  MUST(bind(server, any(&local), sizeof local));
  MUST(listen(server, -1));
  int c = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(connect(c, any(&local), sizeof local));
  int a = MUST(accept(server, NULL, NULL));
  say_times("accepted from a path", a);
  return 0;
}
