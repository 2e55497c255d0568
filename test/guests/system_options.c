/* Options that only a system has: what they are at first, what they become when set, and what they do. */
#include "say.h"

#include <netinet/tcp.h>

static int get(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  if (getsockopt(fd, level, name, &value, &length) < 0) return -1;
  return value;
}

static void say_option(const char *what, int fd, int level, int name, int value) {
  int off = 0;
  int set = setsockopt(fd, level, name, &value, sizeof value);
  printf("%s: set %s", what, set < 0 ? errno_name(errno) : "0");
  printf(", then %d", get(fd, level, name));
  set = setsockopt(fd, level, name, &off, sizeof off);
  printf(", cleared %s", set < 0 ? errno_name(errno) : "0");
  printf(", then %d\n", get(fd, level, name));
}
#define OPTION(fd, level, name, value) say_option(#name, fd, level, name, value)

/* Linux doubles what it is asked for. */
static void say_size(const char *what, int fd, int name) {
  int size = 16384;
  printf("%s: at first %d", what, get(fd, SOL_SOCKET, name) > 0);
  int set = setsockopt(fd, SOL_SOCKET, name, &size, sizeof size);
  printf(", set %s", set < 0 ? errno_name(errno) : "0");
  printf(", then %d\n", get(fd, SOL_SOCKET, name));
}
#define SIZE(fd, name) say_size(#name, fd, name)

static void socket_level(const char *what, int fd) {
  printf("-- %s\n", what);
  SIZE(fd, SO_SNDBUF);
  SIZE(fd, SO_RCVBUF);
  OPTION(fd, SOL_SOCKET, SO_RCVLOWAT, 100);
  OPTION(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  OPTION(fd, SOL_SOCKET, SO_DONTROUTE, 1);
  OPTION(fd, SOL_SOCKET, SO_OOBINLINE, 1);
  OPTION(fd, SOL_SOCKET, SO_PRIORITY, 3);
}

static void tcp(int fd) {
  OPTION(fd, IPPROTO_TCP, TCP_CORK, 1);
  OPTION(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
  OPTION(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000);
  OPTION(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 3);
  OPTION(fd, IPPROTO_TCP, TCP_FASTOPEN, 5);
  OPTION(fd, IPPROTO_IP, IP_TTL, 33);
  OPTION(fd, IPPROTO_IP, IP_TTL, 256);
  OPTION(fd, IPPROTO_IP, IP_TOS, 0x10);
}

static void names(int fd) {
  char name[64] = "reno";
  socklen_t length = sizeof name;
  say("TCP_CONGESTION", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, 4));
  memset(name, 'x', sizeof name);
  say("read", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length));
  printf("%s, %u bytes\n", name, (unsigned)length);
  say("nobody's", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nobody's", 8));
}

/* Two listeners share a port, if both want to. */
static void shared_port(void) {
  int on = 1, one = MUST(socket(AF_INET, SOCK_STREAM, 0)), two = MUST(socket(AF_INET, SOCK_STREAM, 0));
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  puts("-- a shared port");
  say("SO_REUSEPORT", setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
  MUST(bind(one, any(&address), sizeof address));
  MUST(getsockname(one, any(&address), &length));
  MUST(listen(one, 1));
  say("without it", bind(two, any(&address), sizeof address));
  say("SO_REUSEPORT", setsockopt(two, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
  say("with it", bind(two, any(&address), sizeof address));
  say("and listening", listen(two, 1));
  close(one);
  close(two);
}

/* A peer that was given little room holds up its sender soon. */
static void small_buffers(void) {
  struct sockaddr_in address;
  int listener = listening(&address), client = MUST(socket(AF_INET, SOCK_STREAM, 0)), size = 4096;
  MUST(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  MUST(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
  MUST(connect(client, any(&address), sizeof address));
  static char bytes[1 << 20];
  ssize_t sent = send(client, bytes, sizeof bytes, MSG_DONTWAIT);
  puts("-- small buffers");
  say_whether("some of a megabyte is taken", sent > 0);
  say_whether("but less than 64 KiB", sent < 65536);
  close(client);
  close(listener);
}

int main(void) {
  begin();
  int stream = MUST(socket(AF_INET, SOCK_STREAM, 0)), six = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  socket_level("TCP", stream);
  tcp(stream);
  names(stream);
  puts("-- TCP over IPv6");
  OPTION(six, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33);
  OPTION(six, IPPROTO_IPV6, IPV6_TCLASS, 0x10);
  socket_level("UDP", MUST(socket(AF_INET, SOCK_DGRAM, 0)));
  socket_level("AF_UNIX", MUST(socket(AF_UNIX, SOCK_STREAM, 0)));
  shared_port();
  small_buffers();
  return 0;
}
