/* Connected datagram sockets: they hear only their peer, learn of closed ports, and can be connected anew or not at all. */
#include "say.h"

static char text[64];

static struct sockaddr_in local(int fd) {
  struct sockaddr_in address;
  MUST(getsockname(fd, any(&address), &(socklen_t){sizeof address}));
  return address;
}

static void say_local(const char *what, int fd) {
  struct sockaddr_in address = local(fd);
  printf("%s: %s, a port: %s\n", what, inet_ntoa(address.sin_addr), address.sin_port ? "yes" : "no");
}

static void filtering(void) {
  struct sockaddr_in at_peer, at_other, at_self, from;
  int peer = bound(SOCK_DGRAM, &at_peer), other = bound(SOCK_DGRAM, &at_other), fd = bound(SOCK_DGRAM, &at_self);
  puts("-- only from the peer");
  MUST(sendto(other, "early", 5, 0, any(&at_self), sizeof at_self));
  await(fd, POLLIN);
  say("connect", connect(fd, any(&at_peer), sizeof at_peer));
  say("recv of what had come from another", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("another sends", sendto(other, "other", 5, 0, any(&at_self), sizeof at_self));
  say("the peer sends", sendto(peer, "peer", 4, 0, any(&at_self), sizeof at_self));
  await(fd, POLLIN);
  say("recvfrom", recvfrom(fd, text, sizeof text, 0, any(&from), &(socklen_t){sizeof from}));
  say_whether("it is the peer's", same(from, at_peer));
  say("nothing more", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("send", send(fd, "hello", 5, 0));
  await(peer, POLLIN);
  say("the peer receives", recv(peer, text, sizeof text, 0));
  say("sendto another all the same", sendto(fd, "hi", 2, 0, any(&at_other), sizeof at_other));
  await(other, POLLIN);
  say("the other receives", recv(other, text, sizeof text, 0));
  say("getpeername", getpeername(fd, any(&from), &(socklen_t){sizeof from}));
  say_whether("it is the peer's", same(from, at_peer));

  puts("-- connected anew");
  say("connect to the other", connect(fd, any(&at_other), sizeof at_other));
  say("send", send(fd, "hello!", 6, 0));
  await(other, POLLIN);
  say("the other receives", recv(other, text, sizeof text, 0));
  say_whether("from the same port", same(local(fd), at_self));
  struct sockaddr_in nobody = {.sin_family = AF_UNSPEC};
  say("connect to nobody", connect(fd, any(&nobody), sizeof nobody));
  say("getpeername", getpeername(fd, any(&from), &(socklen_t){sizeof from}));
  say_local("the address stays, the port that bind chose goes", fd);
  say("send", send(fd, "x", 1, 0));
  close(fd);
  close(peer);
  close(other);
}

static void unbound(void) {
  struct sockaddr_in at_peer, nobody = {.sin_family = AF_UNSPEC};
  puts("-- without bind");
  int peer = bound(SOCK_DGRAM, &at_peer), fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say_local("fresh", fd);
  MUST(connect(fd, any(&at_peer), sizeof at_peer));
  say_local("connected", fd);
  MUST(connect(fd, any(&nobody), sizeof nobody));
  say_local("disconnected", fd);
  say("connect to nobody again", connect(fd, any(&nobody), sizeof nobody));
  close(peer);
  close(fd);
}

static void bound_to_a_port(void) {
  struct sockaddr_in at_peer, chosen, nobody = {.sin_family = AF_UNSPEC};
  puts("-- bound to a port by number");
  int peer = bound(SOCK_DGRAM, &at_peer), fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  close(bound(SOCK_DGRAM, &chosen));
  MUST(bind(fd, any(&chosen), sizeof chosen));
  MUST(connect(fd, any(&at_peer), sizeof at_peer));
  MUST(connect(fd, any(&nobody), sizeof nobody));
  say_whether("address and port stay", same(local(fd), chosen));
  MUST(sendto(peer, "again", 5, 0, any(&chosen), sizeof chosen));
  await(fd, POLLIN);
  say("anybody is heard", recv(fd, text, sizeof text, 0));
  close(peer);
  close(fd);
}

static void refused(void) {
  struct sockaddr_in gone;
  puts("-- where nobody is");
  close(bound(SOCK_DGRAM, &gone));
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say("connect", connect(fd, any(&gone), sizeof gone));
  say("send", send(fd, "x", 1, 0));
  await(fd, 0);
  say_ready("the refusal came", fd);
  say("recv", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("recv again", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say_ready("then", fd);
  MUST(send(fd, "x", 1, 0));
  await(fd, 0);
  say("told by send", send(fd, "x", 1, 0));
  say("send again", send(fd, "x", 1, 0));
  await(fd, 0);
  printf("SO_ERROR: %s\n", pending_error(fd));
  printf("again: %s\n", pending_error(fd));
  close(fd);
  fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  MUST(sendto(fd, "x", 1, 0, any(&gone), sizeof gone));
  say("an unconnected socket is not told", sendto(fd, "x", 1, 0, any(&gone), sizeof gone));
  say("nor by recv", recv(fd, text, sizeof text, MSG_DONTWAIT));
  close(fd);
}

static void disconnected_at_first(void) {
  struct sockaddr_in here;
  struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  puts("-- disconnected before all else");
  int peer = bound(SOCK_DGRAM, &here), fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say("connect to nobody", connect(fd, &nobody, sizeof nobody));
  say("sendto", sendto(fd, "x", 1, 0, any(&here), sizeof here));
  await(peer, POLLIN);
  say("recv", recv(peer, text, sizeof text, 0));
  close(fd);
  close(peer);
}

/* A call that may wait ends, one that may not is EAGAIN; a datagram that comes is received all the same. */
static void shut_for_reading(void) {
  struct sockaddr_in here;
  puts("-- shut for reading");
  int peer = bound(SOCK_DGRAM, &here), fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  MUST(connect(fd, any(&here), sizeof here));
  say("shutdown", shutdown(fd, SHUT_RD));
  say_ready("then", fd);
  say("recv", recv(fd, text, sizeof text, 0));
  say("recv that may not wait", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("send", send(fd, "x", 1, 0));
  close(fd);
  close(peer);
}

int main(void) {
  begin();
  filtering();
  unbound();
  bound_to_a_port();
  refused();
  disconnected_at_first();
  shut_for_reading();
  return 0;
}
