/* Pairs of stream sockets without a name. */
#include "say.h"

#include <sys/un.h>

static char text[64];

static void exchange(void) {
  int pair[2] = {-1, -1};
  struct sockaddr_un address;
  socklen_t length = sizeof address;
  say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say_whether("two descriptors", pair[0] >= 0 && pair[1] >= 0 && pair[0] != pair[1]);
  MUST(getsockname(pair[0], any(&address), &length));
  printf("getsockname: %u bytes, family %d\n", (unsigned)length, address.sun_family);
  length = sizeof address;
  MUST(getpeername(pair[1], any(&address), &length));
  printf("getpeername: %u bytes, family %d\n", (unsigned)length, address.sun_family);
  say_ready("at first", pair[0]);
  say("send", send(pair[0], "ping", 4, 0));
  say("write", write(pair[0], "ping", 4));
  await(pair[1], POLLIN);
  say("recv of both", recv(pair[1], text, sizeof text, 0));
  say("send back", send(pair[1], "pong", 4, 0));
  say("read", read(pair[0], text, sizeof text));
  say("recv, MSG_DONTWAIT", recv(pair[0], text, sizeof text, MSG_DONTWAIT));

  say("SHUT_WR", shutdown(pair[0], SHUT_WR));
  say_ready("the one that shut", pair[0]);
  say_ready("the other", pair[1]);
  say("send", send(pair[0], "x", 1, MSG_NOSIGNAL));
  say("recv at the end", recv(pair[1], text, sizeof text, 0));
  say("the other sends", send(pair[1], "still", 5, 0));
  say("recv", recv(pair[0], text, sizeof text, 0));
  say("close of the other", close(pair[1]));
  await(pair[0], POLLRDHUP);
  say_ready("the first", pair[0]);
  say("recv", recv(pair[0], text, sizeof text, 0));
  say("send", send(pair[0], "x", 1, MSG_NOSIGNAL));
  say("send again", send(pair[0], "x", 1, MSG_NOSIGNAL));
  close(pair[0]);
}

static void unread(void) {
  int pair[2];
  puts("-- closed with data unread");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  MUST(send(pair[0], "never read", 10, 0));
  MUST(send(pair[1], "read", 4, 0));
  say("close", close(pair[1]));
  await(pair[0], POLLRDHUP);
  say_ready("the other", pair[0]);
  say("recv", recv(pair[0], text, sizeof text, 0));
  say("recv again", recv(pair[0], text, sizeof text, 0));
  say("and again", recv(pair[0], text, sizeof text, 0));
  say("send", send(pair[0], "x", 1, MSG_NOSIGNAL));
  close(pair[0]);
}

static void options(void) {
  int pair[2], value = -1;
  socklen_t length = sizeof value;
  puts("-- kinds");
  MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
  say("SOCK_NONBLOCK: recv", recv(pair[0], text, sizeof text, 0));
  say("and the other", recv(pair[1], text, sizeof text, 0));
  MUST(getsockopt(pair[0], SOL_SOCKET, SO_DOMAIN, &value, &length));
  printf("SO_DOMAIN %d\n", value);
  MUST(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &length));
  printf("SO_TYPE %d\n", value);
  MUST(getsockopt(pair[0], SOL_SOCKET, SO_PROTOCOL, &value, &length));
  printf("SO_PROTOCOL %d\n", value);
  say("listen on one", listen(pair[0], 1));
  say("accept on one", accept(pair[0], NULL, NULL));
  close(pair[0]);
  close(pair[1]);
  say("AF_INET", socketpair(AF_INET, SOCK_STREAM, 0, pair));
  say("family 99", socketpair(99, SOCK_STREAM, 0, pair));
  say("protocol 99", socketpair(AF_UNIX, SOCK_STREAM, 99, pair));
  say("type 99", socketpair(AF_UNIX, 99, 0, pair));
}

int main(void) {
  begin();
  exchange();
  unread();
  options();
  return 0;
}
