/* Options that only advise routers and queues, and the sizes of buffers: every system takes them, and none has to follow them. */
#include "say.h"

#include <netinet/tcp.h>

static void set_and_get(const char *what, int fd, int level, int name, int value) {
  int found = -7;
  socklen_t length = sizeof found;
  const int set = setsockopt(fd, level, name, &value, sizeof value);
  printf("%s to %d: %s", what, value, set < 0 ? errno_name(errno) : "0");
  const int got = getsockopt(fd, level, name, &found, &length);
  printf(", then %s %d of %u bytes\n", got < 0 ? errno_name(errno) : "0", found, (unsigned)length);
}
#define SET(fd, level, name, value) set_and_get(#name, fd, level, name, value)

static void a_byte(int fd) {
  unsigned char byte = 0x28;
  int found = -7;
  socklen_t length = sizeof found;
  say("IP_TOS as a byte", setsockopt(fd, IPPROTO_IP, IP_TOS, &byte, 1));
  say("read", getsockopt(fd, IPPROTO_IP, IP_TOS, &found, &length));
  printf("%d of %u bytes\n", found, (unsigned)length);
}

static void advice(const char *what, int fd) {
  printf("-- %s\n", what);
  SET(fd, IPPROTO_IP, IP_TOS, 0x10);
  SET(fd, IPPROTO_IP, IP_TOS, 0xb8);
  SET(fd, IPPROTO_IP, IP_TOS, 0xbb);
  SET(fd, IPPROTO_IP, IP_TOS, 0);
  SET(fd, IPPROTO_IP, IP_TOS, -1);
  SET(fd, IPPROTO_IP, IP_TOS, 0);
  SET(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
  SET(fd, IPPROTO_IPV6, IPV6_TCLASS, 256);
  SET(fd, IPPROTO_IPV6, IPV6_TCLASS, -1);
  SET(fd, IPPROTO_IPV6, IPV6_TCLASS, -2);
  SET(fd, SOL_SOCKET, SO_PRIORITY, 6);
  SET(fd, SOL_SOCKET, SO_PRIORITY, 0);
}

/* Linux doubles sizes, and clamps them: the value that is read is the true one, whatever was asked for. */
static void size_of(const char *what, int fd, int name) {
  const int sizes[] = {65536, 1 << 30};
  int found = -7;
  socklen_t length = sizeof found;
  say(what, getsockopt(fd, SOL_SOCKET, name, &found, &length));
  say_whether("is some bytes", found > 0 && length == sizeof found);
  for (int index = 0; index < 2; index++) {
    say("set", setsockopt(fd, SOL_SOCKET, name, &sizes[index], sizeof sizes[index]));
    say("read", getsockopt(fd, SOL_SOCKET, name, &found, &length));
    say_whether("is at least 64 KiB", found >= 65536);
  }
  say("too short", setsockopt(fd, SOL_SOCKET, name, &sizes[0], 2));
}

int main(void) {
  begin();
  const int stream = MUST(socket(AF_INET, SOCK_STREAM, 0)), datagram = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  const int six = MUST(socket(AF_INET6, SOCK_STREAM, 0)), six_datagram = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
  const int local = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  int pair[2];
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  advice("TCP", stream);
  a_byte(stream);
  advice("UDP", datagram);
  a_byte(datagram);
  advice("TCP over IPv6", six);
  advice("UDP over IPv6", six_datagram);
  advice("AF_UNIX", local);
  puts("-- sizes");
  size_of("TCP SO_SNDBUF", stream, SO_SNDBUF);
  size_of("TCP SO_RCVBUF", stream, SO_RCVBUF);
  size_of("UDP SO_SNDBUF", datagram, SO_SNDBUF);
  size_of("UDP SO_RCVBUF", datagram, SO_RCVBUF);
  size_of("AF_UNIX SO_SNDBUF", local, SO_SNDBUF);
  size_of("pair SO_RCVBUF", pair[0], SO_RCVBUF);
  return 0;
}
