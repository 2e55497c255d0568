/* A pair of datagram sockets without a name keeps the bounds of what is sent. */
#include "say.h"

int main(void) {
  int pair[2];
  char text[16];
  begin();
  say("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  say_ready("at first", pair[0]);
  say("send", send(pair[0], "first", 5, 0));
  say("send of nothing", send(pair[0], "", 0, 0));
  say("send", send(pair[0], "the third", 9, 0));
  say_ready("the other", pair[1]);
  say("recv", recv(pair[1], text, sizeof text, 0));
  say("recv of nothing", recv(pair[1], text, sizeof text, 0));
  say("MSG_PEEK | MSG_TRUNC with room for 3", recv(pair[1], text, 3, MSG_PEEK | MSG_TRUNC));
  say("recv with room for 3", recv(pair[1], text, 3, 0));
  say("the rest is gone", recv(pair[1], text, sizeof text, MSG_DONTWAIT));
  say("listen", listen(pair[0], 1));
  say("close of the other", close(pair[1]));
  say("send", send(pair[0], "x", 1, MSG_NOSIGNAL));
  say("send again", send(pair[0], "x", 1, MSG_NOSIGNAL));
  close(pair[0]);
  struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  MUST(send(pair[1], "waits", 5, 0));
  say("connect to nobody", connect(pair[0], &nobody, sizeof nobody));
  say("what has waited is gone", recv(pair[0], text, sizeof text, MSG_DONTWAIT));
  say("send", send(pair[0], "x", 1, 0));
  say("the other hears of it", recv(pair[1], text, sizeof text, MSG_DONTWAIT));
  say("the other sends", send(pair[1], "x", 1, 0));
  say("recv", recv(pair[0], text, sizeof text, MSG_DONTWAIT));
  say("connect to nobody again", connect(pair[0], &nobody, sizeof nobody));
  close(pair[0]);
  close(pair[1]);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say("a stream to nobody", connect(pair[0], &nobody, sizeof nobody));
  say("it still sends", send(pair[0], "x", 1, 0));
  say("and is received", recv(pair[1], text, sizeof text, 0));
  return 0;
}
