/* TCP and UDP over ::1, and what their addresses look like. */
#include "say.h"

static struct sockaddr_in6 loopback6(in_port_t port) {
  struct sockaddr_in6 address;
  memset(&address, 0, sizeof address);
  address.sin6_family = AF_INET6;
  address.sin6_port = port;
  address.sin6_addr = in6addr_loopback;
  return address;
}

static void say_address(const char *what, const struct sockaddr_in6 *address, socklen_t length) {
  char text[INET6_ADDRSTRLEN];
  printf("%s: %u bytes, family %s, %s, flow %u, scope %u, a port: %s\n", what, (unsigned)length,
         address->sin6_family == AF_INET6 ? "AF_INET6" : "?", inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text),
         (unsigned)address->sin6_flowinfo, (unsigned)address->sin6_scope_id, address->sin6_port ? "yes" : "no");
}

static int bound6(int type, struct sockaddr_in6 *address) {
  int fd = MUST(socket(AF_INET6, type, 0));
  *address = loopback6(0);
  MUST(bind(fd, any(address), sizeof *address));
  MUST(getsockname(fd, any(address), &(socklen_t){sizeof *address}));
  return fd;
}

static void stream(void) {
  struct sockaddr_in6 address, peer;
  socklen_t length = sizeof address;
  char text[16];
  puts("-- TCP");
  int listener = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  say("getsockname when fresh", getsockname(listener, any(&address), &length));
  say_address("fresh", &address, length);
  address = loopback6(0);
  say("bind", bind(listener, any(&address), sizeof address));
  MUST(getsockname(listener, any(&address), &length));
  say_address("bound", &address, length);
  MUST(listen(listener, 4));
  int client = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  say("connect", connect(client, any(&address), sizeof address));
  length = sizeof peer;
  int server = say_fd("accept", accept(listener, any(&peer), &length));
  say_address("accepted from", &peer, length);
  length = sizeof peer;
  MUST(getpeername(client, any(&peer), &length));
  say_address("the client's peer", &peer, length);
  say_whether("is the listener", memcmp(&peer, &address, sizeof peer) == 0);
  say("send", send(client, "over six", 8, 0));
  say("recv", recv(server, text, 8, MSG_WAITALL));
  close(client);
  close(server);
  close(listener);
}

static void datagrams(void) {
  struct sockaddr_in6 at_a, at_b, from;
  socklen_t length = sizeof from;
  char text[16];
  puts("-- UDP");
  int a = bound6(SOCK_DGRAM, &at_a), b = bound6(SOCK_DGRAM, &at_b);
  say("sendto", sendto(a, "datagram", 8, 0, any(&at_b), sizeof at_b));
  await(b, POLLIN);
  say("recvfrom", recvfrom(b, text, sizeof text, 0, any(&from), &length));
  say_address("from", &from, length);
  say_whether("is the sender", from.sin6_port == at_a.sin6_port);
  say("connect", connect(b, any(&at_a), sizeof at_a));
  say("send", send(b, "back", 4, 0));
  await(a, POLLIN);
  say("recv", recv(a, text, sizeof text, 0));
  close(a);
  close(b);
}

static void refusals(void) {
  struct sockaddr_in6 address = loopback6(0);
  struct sockaddr_in four = loopback(0);
  puts("-- refused");
  int fd = MUST(socket(AF_INET6, SOCK_STREAM, 0)), plain = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("bind with an address of IPv4", bind(fd, any(&four), sizeof four));
  address.sin6_family = AF_INET;
  say("bind with another family, long enough", bind(fd, any(&address), sizeof address));
  address.sin6_family = AF_INET6;
  say("bind an IPv4 socket to ::1", bind(plain, any(&address), sizeof address));
  say("connect an IPv4 socket to ::1", connect(plain, any(&address), sizeof address));
  inet_pton(AF_INET6, "2001:db8::1", &address.sin6_addr);
  say("bind to an address of elsewhere", bind(fd, any(&address), sizeof address));
  struct sockaddr_in6 held;
  int holder = bound6(SOCK_STREAM, &held);
  say("connect where nobody listens", connect(fd, any(&held), sizeof held));
  close(holder);
  close(plain);
  close(fd);
}

int main(void) {
  begin();
  stream();
  datagrams();
  refusals();
  return 0;
}
