/* Socket options: what they are at first, what they become when set, and which are refused. */
#include "say.h"

#include <netinet/tcp.h>

static int get(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  if (getsockopt(fd, level, name, &value, &length) < 0) return -1;
  return value;
}

/* The option at first, after setting `value`, and after setting 0. */
static void say_option(const char *what, int fd, int level, int name, int value) {
  int off = 0;
  printf("%s: at first %d", what, get(fd, level, name));
  int set = setsockopt(fd, level, name, &value, sizeof value);
  printf(", set %s", set < 0 ? errno_name(errno) : "0");
  printf(", then %d", get(fd, level, name));
  set = setsockopt(fd, level, name, &off, sizeof off);
  printf(", cleared %s", set < 0 ? errno_name(errno) : "0");
  printf(", then %d\n", get(fd, level, name));
}
#define OPTION(fd, level, name, value) say_option(#name, fd, level, name, value)

static void stream(void) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  puts("-- TCP");
  OPTION(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  OPTION(fd, SOL_SOCKET, SO_REUSEADDR, 7);
  OPTION(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  OPTION(fd, SOL_SOCKET, SO_BROADCAST, 1);
  OPTION(fd, SOL_SOCKET, SO_TYPE, 1);
  OPTION(fd, SOL_SOCKET, SO_DOMAIN, 1);
  OPTION(fd, SOL_SOCKET, SO_PROTOCOL, 1);
  OPTION(fd, SOL_SOCKET, SO_ERROR, 1);
  OPTION(fd, SOL_SOCKET, SO_ACCEPTCONN, 1);
  OPTION(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  OPTION(fd, IPPROTO_TCP, TCP_NODELAY, 5);
  OPTION(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  OPTION(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  OPTION(fd, IPPROTO_TCP, TCP_KEEPCNT, 5);
  OPTION(fd, IPPROTO_TCP, TCP_KEEPIDLE, 32768);
  close(fd);
}

static void datagram(void) {
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0)), six = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
  puts("-- UDP");
  OPTION(fd, SOL_SOCKET, SO_BROADCAST, 1);
  OPTION(fd, SOL_SOCKET, SO_TYPE, 1);
  OPTION(fd, SOL_SOCKET, SO_PROTOCOL, 1);
  OPTION(fd, IPPROTO_IP, IP_TTL, 10);
  OPTION(fd, IPPROTO_IP, IP_TTL, 256);
  OPTION(fd, IPPROTO_IP, IP_MULTICAST_TTL, 5);
  OPTION(fd, IPPROTO_IP, IP_MULTICAST_TTL, 256);
  OPTION(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
  OPTION(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  OPTION(six, SOL_SOCKET, SO_DOMAIN, 1);
  OPTION(six, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  OPTION(six, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 10);
  OPTION(six, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 5);
  OPTION(six, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
  OPTION(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  close(fd);
  close(six);
}

static void lingering(void) {
  struct linger linger = {7, 7};
  socklen_t length = sizeof linger;
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  puts("-- SO_LINGER");
  say("at first", getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length));
  printf("%d %d, %u bytes\n", linger.l_onoff, linger.l_linger, (unsigned)length);
  linger = (struct linger){5, 30};
  say("set", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  MUST(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length));
  printf("%d %d\n", linger.l_onoff, linger.l_linger);
  say("set with 4 bytes", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 4));
  close(fd);
}

static void lengths(void) {
  char bytes[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  struct sockaddr_in address;
  socklen_t length = 8;
  int on = 1, fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  puts("-- lengths and levels");
  say("get with 8 bytes", getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &length));
  printf("%u written, the next is %d\n", (unsigned)length, bytes[4]);
  length = 1;
  memset(bytes, 9, sizeof bytes);
  say("get with 1 byte", getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &length));
  printf("%u written: %d, the next is %d\n", (unsigned)length, bytes[0], bytes[1]);
  length = 0;
  say("get with none", getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &length));
  length = (socklen_t)-1;
  say("get with less", getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &length));
  say("set with 2 bytes", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, 2));
  say("set with none", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, 0));
  say("set with 8", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, (int[]){1, 1}, 8));
  say("TCP_NODELAY with 2 bytes", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, 2));
  length = sizeof on;
  say("an unknown option", getsockopt(fd, SOL_SOCKET, 9999, &on, &length));
  say("set of it", setsockopt(fd, SOL_SOCKET, 9999, &on, sizeof on));
  say("an unknown option of TCP", getsockopt(fd, IPPROTO_TCP, 9999, &on, &length));
  say("set of it", setsockopt(fd, IPPROTO_TCP, 9999, &on, sizeof on));
  say("an unknown option of IP", getsockopt(fd, IPPROTO_IP, 9999, &on, &length));
  say("an unknown level", getsockopt(fd, 9999, 1, &on, &length));
  say("set of it", setsockopt(fd, 9999, 1, &on, sizeof on));
  say("of stdout", getsockopt(1, SOL_SOCKET, SO_TYPE, &on, &length));
  say("of no descriptor", setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  close(fd);
  fd = listening(&address);
  printf("SO_ACCEPTCONN of a listener: %d\n", get(fd, SOL_SOCKET, SO_ACCEPTCONN));
  MUST(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
  MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(client, any(&address), sizeof address));
  int server = MUST(accept(fd, NULL, NULL));
  printf("an accepted socket inherits: %d %d, not the listening: %d\n", get(server, SOL_SOCKET, SO_KEEPALIVE),
         get(server, IPPROTO_TCP, TCP_NODELAY), get(server, SOL_SOCKET, SO_ACCEPTCONN));
  close(client);
  close(server);
  close(fd);
}

int main(void) {
  begin();
  stream();
  datagram();
  lingering();
  lengths();
  return 0;
}
