/* Datagrams between unconnected sockets: whole, in order, cut when there is no room, and from whom. */
#include "say.h"

static char text[70000];

static void say_datagram(const char *what, int fd, size_t room, int flags, struct sockaddr_in expected) {
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  memset(text, 0, 32);
  await(fd, POLLIN);
  ssize_t received = recvfrom(fd, text, room, flags, any(&from), &length);
  if (received < 0) return say(what, received);
  printf("%s: %zd \"%.16s\" from whom expected: %s\n", what, received, text, same(from, expected) ? "yes" : "no");
}

static void exchange(int a, int b, struct sockaddr_in at_a, struct sockaddr_in at_b) {
  say("sendto", sendto(a, "question", 8, 0, any(&at_b), sizeof at_b));
  say_datagram("recvfrom", b, 64, 0, at_a);
  say("sendto back", sendto(b, "answer", 6, 0, any(&at_a), sizeof at_a));
  say_datagram("recvfrom", a, 64, 0, at_b);
  for (int i = 0; i < 20; i++) MUST(sendto(a, &i, sizeof i, 0, any(&at_b), sizeof at_b));
  int in_order = 0;
  for (int i = 0; i < 20; i++) {
    int number = -1;
    await(b, POLLIN);
    in_order += recv(b, &number, sizeof number, 0) == sizeof number && number == i;
  }
  printf("in order: %d of 20\n", in_order);
}

static void sizes(int a, int b, struct sockaddr_in at_a, struct sockaddr_in at_b) {
  say("an empty datagram", sendto(a, NULL, 0, 0, any(&at_b), sizeof at_b));
  say("then a full one", sendto(a, "full", 4, 0, any(&at_b), sizeof at_b));
  await(b, POLLIN);
  say("recv of the empty one", recv(b, text, sizeof text, 0));
  say_datagram("then", b, 64, 0, at_a);
  MUST(sendto(a, "0123456789", 10, 0, any(&at_b), sizeof at_b));
  MUST(sendto(a, "abcdefghij", 10, 0, any(&at_b), sizeof at_b));
  say_datagram("MSG_PEEK with room for 4", b, 4, MSG_PEEK, at_a);
  say_datagram("recvfrom with room for 4", b, 4, 0, at_a);
  say_datagram("the rest is gone; MSG_TRUNC tells the length", b, 4, MSG_TRUNC, at_a);
  MUST(sendto(a, "0123456789", 10, 0, any(&at_b), sizeof at_b));
  await(b, POLLIN);
  say("MSG_PEEK | MSG_TRUNC without room", recv(b, NULL, 0, MSG_PEEK | MSG_TRUNC));
  say("recv without room takes it", recv(b, NULL, 0, 0));
  say("nothing is left", recv(b, text, sizeof text, MSG_DONTWAIT));
  memset(text, 'x', sizeof text);
  say("the largest", sendto(a, text, 65507, 0, any(&at_b), sizeof at_b));
  await(b, POLLIN);
  say("recv", recv(b, text, sizeof text, 0));
  say("one more byte", sendto(a, text, 65508, 0, any(&at_b), sizeof at_b));
  say("far too many", sendto(a, text, sizeof text, 0, any(&at_b), sizeof at_b));
}

static void refusals(int a, struct sockaddr_in at_b) {
  struct sockaddr_in to = at_b;
  say("send without an address", send(a, "x", 1, 0));
  say("write without an address", write(a, "x", 1));
  say("sendto a short address", sendto(a, "x", 1, 0, any(&to), 4));
  to.sin_family = AF_INET6;
  say("sendto another family", sendto(a, "x", 1, 0, any(&to), sizeof to));
  to = loopback(0);
  say("sendto port 0", sendto(a, "x", 1, 0, any(&to), sizeof to));
  to = loopback(htons(9));
  to.sin_addr.s_addr = htonl(0x7fffffff);
  say("sendto a broadcast address", sendto(a, "x", 1, 0, any(&to), sizeof to));
  say("listen", listen(a, 1));
  say("accept", accept(a, NULL, NULL));
  say("shutdown", shutdown(a, SHUT_RDWR));
  say("recv, MSG_DONTWAIT", recv(a, text, sizeof text, MSG_DONTWAIT));
}

static void unbound(struct sockaddr_in at_b) {
  struct sockaddr_in address;
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP));
  MUST(getsockname(fd, any(&address), &(socklen_t){sizeof address}));
  say_whether("unbound, its port is 0", address.sin_port == 0);
  say("sendto binds", sendto(fd, "x", 1, 0, any(&at_b), sizeof at_b));
  MUST(getsockname(fd, any(&address), &(socklen_t){sizeof address}));
  say_whether("to a port", address.sin_port != 0);
  say_whether("of every address", address.sin_addr.s_addr == htonl(INADDR_ANY));
  say("bind now", bind(fd, any(&address), sizeof address));
  close(fd);
}

int main(void) {
  begin();
  struct sockaddr_in at_a, at_b;
  int a = bound(SOCK_DGRAM, &at_a), b = bound(SOCK_DGRAM, &at_b);
  exchange(a, b, at_a, at_b);
  sizes(a, b, at_a, at_b);
  refusals(a, at_b);
  unbound(at_b);
  close(a);
  close(b);
  return 0;
}
