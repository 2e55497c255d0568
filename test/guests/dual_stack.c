/* An IPv6 socket bound to :: serves IPv4 too, unless IPV6_V6ONLY; IPv4 peers appear as ::ffff:127.0.0.1. */
#include "say.h"

static int bound_to_any(int type, int only6, struct sockaddr_in6 *address) {
  int fd = MUST(socket(AF_INET6, type, 0));
  MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof only6));
  memset(address, 0, sizeof *address);
  address->sin6_family = AF_INET6;
  MUST(bind(fd, any(address), sizeof *address));
  MUST(getsockname(fd, any(address), &(socklen_t){sizeof *address}));
  return fd;
}

static const char *name(const struct sockaddr_in6 *address) {
  static char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
}

static struct sockaddr_in6 mapped(in_port_t port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = port};
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
  return address;
}

static void both(void) {
  struct sockaddr_in6 address, peer;
  puts("-- V6ONLY off");
  int listener = bound_to_any(SOCK_STREAM, 0, &address);
  printf("bound to %s\n", name(&address));
  MUST(listen(listener, 4));
  struct sockaddr_in four = loopback(address.sin6_port);
  int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect by IPv4", connect(client, any(&four), sizeof four));
  int server = say_fd("accept", accept(listener, any(&peer), &(socklen_t){sizeof peer}));
  printf("the peer is %s\n", name(&peer));
  say_whether("which is mapped", IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));
  MUST(getsockname(server, any(&peer), &(socklen_t){sizeof peer}));
  printf("it came to %s\n", name(&peer));
  close(client);
  close(server);
  client = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  peer = mapped(address.sin6_port);
  say("connect by IPv6 to the mapped address", connect(client, any(&peer), sizeof peer));
  server = say_fd("accept", accept(listener, any(&peer), &(socklen_t){sizeof peer}));
  printf("the peer is %s\n", name(&peer));
  MUST(getsockname(client, any(&peer), &(socklen_t){sizeof peer}));
  printf("the client is at %s\n", name(&peer));
  close(client);
  close(server);
  client = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  address.sin6_addr = in6addr_loopback;
  say("connect by IPv6", connect(client, any(&address), sizeof address));
  server = say_fd("accept", accept(listener, any(&peer), &(socklen_t){sizeof peer}));
  printf("the peer is %s\n", name(&peer));
  int four_only = MUST(socket(AF_INET, SOCK_STREAM, 0));
  four.sin_addr.s_addr = htonl(INADDR_ANY);
  say("bind of IPv4 to the same port", bind(four_only, any(&four), sizeof four));
  close(four_only);
  close(client);
  close(server);
  close(listener);
}

static void only_six(void) {
  struct sockaddr_in6 address;
  puts("-- V6ONLY on");
  int listener = bound_to_any(SOCK_STREAM, 1, &address);
  MUST(listen(listener, 4));
  struct sockaddr_in four = loopback(address.sin6_port);
  int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect by IPv4", connect(client, any(&four), sizeof four));
  close(client);
  client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("bind of IPv4 to the same port", bind(client, any(&four), sizeof four));
  close(client);
  int on = 1, off = 0;
  say("V6ONLY cannot change once bound", setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off));
  close(listener);
  client = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  MUST(setsockopt(client, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
  address = mapped(htons(9));
  say("connect to a mapped address", connect(client, any(&address), sizeof address));
  address.sin6_port = 0;
  say("bind to a mapped address", bind(client, any(&address), sizeof address));
  close(client);
}

static void datagrams(void) {
  struct sockaddr_in6 address, from;
  char text[16];
  puts("-- UDP");
  int six = bound_to_any(SOCK_DGRAM, 0, &address), four = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  struct sockaddr_in to = loopback(address.sin6_port);
  say("sendto by IPv4", sendto(four, "four", 4, 0, any(&to), sizeof to));
  await(six, POLLIN);
  say("recvfrom", recvfrom(six, text, sizeof text, 0, any(&from), &(socklen_t){sizeof from}));
  printf("from %s\n", name(&from));
  say("sendto back", sendto(six, "back", 4, 0, any(&from), sizeof from));
  await(four, POLLIN);
  say("recvfrom", recvfrom(four, text, sizeof text, 0, any(&to), &(socklen_t){sizeof to}));
  printf("from %s\n", inet_ntoa(to.sin_addr));
  close(four);
  close(six);
}

int main(void) {
  begin();
  int value = -1, fd = MUST(socket(AF_INET6, SOCK_STREAM, 0));
  say("V6ONLY at first", getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &(socklen_t){sizeof value}));
  printf("it is %d\n", value);
  close(fd);
  both();
  only_six();
  datagrams();
  return 0;
}
