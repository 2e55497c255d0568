/* bind and getsockname: port 0, lengths too short and too long, addresses taken, foreign and of the wrong family. */
#include "say.h"

static const int stream = SOCK_STREAM;

static int fresh(void) { return MUST(socket(AF_INET, stream, 0)); }

static void say_address(const char *what, int fd) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  MUST(getsockname(fd, any(&address), &length));
  printf("%s: %s, a port: %s, %u bytes\n", what, inet_ntoa(address.sin_addr), address.sin_port ? "yes" : "no",
         (unsigned)length);
}

static void port_zero(void) {
  struct sockaddr_in address = loopback(0), second;
  int fd = fresh(), other = fresh();
  puts("-- port 0");
  say_address("fresh", fd);
  say("bind to port 0", bind(fd, any(&address), sizeof address));
  say_address("bound, before listen", fd);
  MUST(getsockname(fd, any(&address), &(socklen_t){sizeof address}));
  MUST(listen(fd, 1));
  MUST(getsockname(fd, any(&second), &(socklen_t){sizeof second}));
  say_whether("listen keeps it", same(address, second));
  say("bind again", bind(fd, any(&address), sizeof address));
  say("bind of another to the same port", bind(other, any(&address), sizeof address));
  say_address("which leaves it unbound", other);
  say("listen without bind", listen(other, 1));
  say_address("binds", other);
  close(other);
  int datagrams = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say("a UDP socket may have the same port", bind(datagrams, any(&address), sizeof address));
  close(datagrams);
  MUST(close(fd));
  fd = fresh();
  say("the port is free after close", bind(fd, any(&address), sizeof address));
  say_address("bound by number", fd);
  struct sockaddr_in target;
  int listener = listening(&target);
  say("a bound socket connects", connect(fd, any(&target), sizeof target));
  MUST(getsockname(fd, any(&second), &(socklen_t){sizeof second}));
  say_whether("from that port", same(address, second));
  close(listener);
  close(fd);
}

static void taken(void) {
  struct sockaddr_in address, everywhere;
  int on = 1, holder = bound(SOCK_STREAM, &address), fd = fresh();
  puts("-- taken");
  say("bound but not listening", bind(fd, any(&address), sizeof address));
  everywhere = address;
  everywhere.sin_addr.s_addr = htonl(INADDR_ANY);
  say("0.0.0.0 of the same port", bind(fd, any(&everywhere), sizeof everywhere));
  MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  say("SO_REUSEADDR on one side only", bind(fd, any(&address), sizeof address));
  MUST(listen(holder, 1));
  say("and the other listens", bind(fd, any(&address), sizeof address));
  close(holder);
  close(fd);
  holder = bound(SOCK_DGRAM, &address);
  fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say("UDP", bind(fd, any(&address), sizeof address));
  close(holder);
  close(fd);
}

static void refused(void) {
  struct sockaddr_in address = loopback(0);
  char large[200];
  int fd = fresh();
  puts("-- refused");
  say("length 0", bind(fd, any(&address), 0));
  say("length 8", bind(fd, any(&address), 8));
  say("length 15", bind(fd, any(&address), 15));
  memcpy(memset(large, 0, sizeof large), &address, sizeof address);
  say("length 200", bind(fd, any(large), sizeof large));
  address.sin_family = AF_INET6;
  say("AF_INET6", bind(fd, any(&address), sizeof address));
  address.sin_family = 77;
  say("family 77", bind(fd, any(&address), sizeof address));
  say("connect, family 77", connect(fd, any(&address), sizeof address));
  say("connect, length 8", connect(fd, any(&address), 8));
  say("connect, length 1", connect(fd, any(&address), 1));
  address = loopback(0);
  address.sin_family = AF_UNSPEC;
  say("AF_UNSPEC and not 0.0.0.0", bind(fd, any(&address), sizeof address));
  address = loopback(0);
  inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
  say("192.0.2.1", bind(fd, any(&address), sizeof address));
  say_address("still", fd);
  address.sin_addr.s_addr = htonl(0x7f010203);
  say("127.1.2.3", bind(fd, any(&address), sizeof address));
  say_address("now", fd);
  close(fd);
  memset(large, 0, sizeof large);
  memcpy(large, (struct sockaddr_in[]){loopback(0)}, sizeof address);
  fd = fresh();
  say("length 100", bind(fd, any(large), 100));
  close(fd);
}

static void clipped(void) {
  struct sockaddr_in address, full;
  unsigned char bytes[32];
  socklen_t length;
  int fd = bound(stream, &full);
  puts("-- clipped");
  for (length = 0; length <= 24; length += 8) {
    socklen_t told = length;
    memset(bytes, 0xee, sizeof bytes);
    int result = getsockname(fd, any(bytes), &told);
    printf("%u: %d, told %u, written as far as there was room: %s, no further: %s\n", (unsigned)length, result,
           (unsigned)told, memcmp(bytes, &full, length < 16 ? length : 16) == 0 ? "yes" : "no",
           bytes[length < 16 ? length : 16] == 0xee ? "yes" : "no");
  }
  length = (socklen_t)-1;
  say("length -1", getsockname(fd, any(&address), &length));
  MUST(listen(fd, 1));
  int client = fresh();
  MUST(connect(client, any(&full), sizeof full));
  length = 4;
  memset(bytes, 0xee, sizeof bytes);
  int server = say_fd("accept with room for 4", accept(fd, any(bytes), &length));
  printf("told %u, family %d, the fifth byte untouched: %s\n", (unsigned)length, bytes[0], bytes[4] == 0xee ? "yes" : "no");
  length = 4;
  say("getpeername with room for 4", getpeername(server, any(bytes), &length));
  printf("told %u\n", (unsigned)length);
  close(client);
  close(server);
  close(fd);
}

int main(void) {
  begin();
  port_zero();
  taken();
  refused();
  clipped();
  return 0;
}
