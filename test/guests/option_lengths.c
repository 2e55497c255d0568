/* What setsockopt and getsockopt make of lengths and numbers that are not the usual ones. */
#include "say.h"
#include <netinet/tcp.h>
#include <sys/time.h>

static char big[64];
static const int sizes[] = {-1, 0, 1, 3, 4, 5, 12, 15, 16, 17, 64};
static const int numbers[] = {-2, -1, 0, 1, 255, 256};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Sets an option to 1, with a length. */
static void set(int fd, int level, int name, int size) {
  memset(big, 0, sizeof big);
  big[0] = 1;
  printf(" %s", setsockopt(fd, level, name, big, size) < 0 ? errno_name(errno) : "0");
}

static void get(int fd, int level, int name, int room) {
  socklen_t length = room;
  if (getsockopt(fd, level, name, big, &length) < 0) printf(" %s", errno_name(errno));
  else printf(" %d", (int)length);
}

/* Sets a number of hops, and tells what it is then. */
static void hops(const char *what, int fd, int level, int name, int value) {
  socklen_t length = sizeof value;
  printf("%s %d: %s", what, value, setsockopt(fd, level, name, &value, sizeof value) < 0 ? errno_name(errno) : "0");
  MUST(getsockopt(fd, level, name, &value, &length));
  printf(", then %d\n", value);
}

static void lengths(int stream, int datagrams) {
  for (size_t i = 0; i < COUNT(sizes); i++) {
    printf("set %d:", sizes[i]);
    set(stream, SOL_SOCKET, SO_KEEPALIVE, sizes[i]);
    set(stream, IPPROTO_TCP, TCP_NODELAY, sizes[i]);
    set(stream, SOL_SOCKET, SO_RCVTIMEO, sizes[i]);
    set(stream, SOL_SOCKET, SO_LINGER, sizes[i]);
    set(datagrams, IPPROTO_IP, IP_TTL, sizes[i]);
    set(datagrams, IPPROTO_IP, IP_MULTICAST_TTL, sizes[i]);
    printf("\nget %d:", sizes[i]);
    get(stream, SOL_SOCKET, SO_KEEPALIVE, sizes[i]);
    get(stream, IPPROTO_TCP, TCP_NODELAY, sizes[i]);
    get(stream, SOL_SOCKET, SO_RCVTIMEO, sizes[i]);
    get(stream, SOL_SOCKET, SO_LINGER, sizes[i]);
    get(datagrams, IPPROTO_IP, IP_TTL, sizes[i]);
    puts("");
  }
}

static void null_pointers(int fd) {
  int value;
  socklen_t length = sizeof value;
  say("set NULL", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, NULL, sizeof value));
  say("get NULL", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, NULL, &length));
  say("get with NULL for the length", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, NULL));
}

static void times(int fd) {
  struct linger linger = {1, -1};
  struct timeval time = {-1, 0};
  socklen_t length = sizeof linger;
  say("linger -1", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  MUST(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length));
  say_whether("then for ever", linger.l_onoff && (linger.l_linger < 0 || linger.l_linger > 1000000));
  say("time -1", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
  time = (struct timeval){0, 1000000};
  say("a million microseconds", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
}

int main(void) {
  begin();
  const int stream = MUST(socket(AF_INET, SOCK_STREAM, 0)), datagrams = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  const int six = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
  lengths(stream, datagrams);
  null_pointers(stream);
  times(stream);
  for (size_t i = 0; i < COUNT(numbers); i++) {
    hops("IP_TTL", datagrams, IPPROTO_IP, IP_TTL, numbers[i]);
    hops("IP_MULTICAST_TTL", datagrams, IPPROTO_IP, IP_MULTICAST_TTL, numbers[i]);
    hops("IPV6_UNICAST_HOPS", six, IPPROTO_IPV6, IPV6_UNICAST_HOPS, numbers[i]);
    hops("IPV6_MULTICAST_HOPS", six, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, numbers[i]);
  }
  return 0;
}
