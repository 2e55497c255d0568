/* Port 0: a datagram socket may be connected to it, and is then connected to any port of the host; nothing can be sent there. */
#include "say.h"

union any_address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static char text[64];
static int family;
static socklen_t length;

static union any_address at_port(int port) {
  union any_address address;
  memset(&address, 0, sizeof address);
  address.any.sa_family = family;
  if (family == AF_INET) {
    address.v4.sin_port = htons(port);
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    address.v6.sin6_port = htons(port);
    address.v6.sin6_addr.s6_addr[15] = 1;
  }
  return address;
}

static union any_address named(int fd) {
  union any_address address;
  MUST(getsockname(fd, &address.any, &(socklen_t){sizeof address}));
  return address;
}

static int port_of(int fd) {
  union any_address address = named(fd);
  return ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

static void say_local(const char *what, int fd) {
  union any_address address = named(fd), loopback = at_port(port_of(fd));
  int is_loopback = family == AF_INET ? address.v4.sin_addr.s_addr == loopback.v4.sin_addr.s_addr
                                      : memcmp(&address.v6.sin6_addr, &loopback.v6.sin6_addr, 16) == 0;
  printf("%s: the loopback: %s, a port: %s\n", what, is_loopback ? "yes" : "no", port_of(fd) ? "yes" : "no");
}

static void say_peer(int fd) {
  union any_address address;
  say("getpeername", getpeername(fd, &address.any, &(socklen_t){sizeof address}));
}

static void to_port_zero(void) {
  union any_address zero = at_port(0), from;
  puts("-- connected to it");
  int fd = MUST(socket(family, SOCK_DGRAM, 0));
  say("connect", connect(fd, &zero.any, length));
  say_local("getsockname", fd);
  say_peer(fd);
  say("send", send(fd, "x", 1, 0));
  await(fd, 0);
  say_ready("the refusal came", fd);
  say("send again", send(fd, "x", 1, 0));
  say("and again", send(fd, "", 0, 0));
  await(fd, 0);
  printf("SO_ERROR: %s\n", pending_error(fd));
  say("recv", recv(fd, text, sizeof text, MSG_DONTWAIT));
  int other = MUST(socket(family, SOCK_DGRAM, 0));
  union any_address here = at_port(port_of(fd)), zero_there = at_port(0);
  MUST(bind(other, &zero_there.any, length));
  MUST(sendto(other, "hello", 5, 0, &here.any, length));
  await(fd, POLLIN);
  say("any port of the host is heard", recvfrom(fd, text, sizeof text, 0, &from.any, &(socklen_t){sizeof from}));
  union any_address there = at_port(port_of(other));
  say_whether("with its address", memcmp(&from.v4.sin_port, &there.v4.sin_port, 2) == 0);
  say("sendto another", sendto(fd, "hi", 2, 0, &there.any, length));
  await(other, POLLIN);
  say("it receives", recv(other, text, sizeof text, 0));
  say("connect to the other", connect(fd, &there.any, length));
  say_peer(fd);
  say("sendto port 0", sendto(fd, "x", 1, 0, &zero.any, length));
  say("connect to port 0 again", connect(fd, &zero.any, length));
  say_peer(fd);
  say("shutdown", shutdown(fd, SHUT_WR));
  say("send", send(fd, "x", 1, 0));
  struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  int left = MUST(socket(family, SOCK_DGRAM, 0));
  MUST(connect(left, &zero.any, length));
  say("connect to nobody", connect(left, &nobody, sizeof nobody));
  say("send", send(left, "x", 1, 0));
  say("connect to nobody again", connect(left, &nobody, sizeof nobody));
  close(fd);
  close(other);
  close(left);
}

static void sent_to(void) {
  union any_address zero = at_port(0);
  struct iovec data = {"x", 1};
  struct msghdr message = {.msg_name = &zero, .msg_namelen = length, .msg_iov = &data, .msg_iovlen = 1};
  puts("-- sent to");
  int fd = MUST(socket(family, SOCK_DGRAM, 0));
  say("sendto", sendto(fd, "x", 1, 0, &zero.any, length));
  say_whether("it has a port all the same", port_of(fd) != 0);
  say("sendto of nothing", sendto(fd, "", 0, 0, &zero.any, length));
  say("sendmsg", sendmsg(fd, &message, 0));
  say("bind", bind(fd, &zero.any, length));
  close(fd);
  fd = MUST(socket(family, SOCK_DGRAM, 0));
  say("bind of a fresh one", bind(fd, &zero.any, length));
  say_whether("it has a port", port_of(fd) != 0);
  say("sendto", sendto(fd, "x", 1, 0, &zero.any, length));
  close(fd);
}

static void streams(void) {
  union any_address zero = at_port(0);
  puts("-- streams");
  int fd = MUST(socket(family, SOCK_STREAM, 0));
  say("connect", connect(fd, &zero.any, length));
  close(fd);
  fd = MUST(socket(family, SOCK_STREAM, 0));
  say("bind", bind(fd, &zero.any, length));
  say_whether("it has a port", port_of(fd) != 0);
  close(fd);
}

int main(void) {
  begin();
  for (int round = 0; round < 2; round++) {
    family = round == 0 ? AF_INET : AF_INET6;
    length = round == 0 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    printf("---- IPv%d\n", round == 0 ? 4 : 6);
    to_port_zero();
    sent_to();
    streams();
  }
  return 0;
}
