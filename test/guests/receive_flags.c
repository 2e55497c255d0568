/* MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT and MSG_TRUNC on a TCP connection. */
#include "say.h"

static char text[64];
static int client, server;

static void say_recv(const char *what, size_t size, int flags) {
  memset(text, 0, sizeof text);
  ssize_t length = recv(server, text, size, flags);
  if (length < 0)
    say(what, length);
  else
    printf("%s: %zd \"%s\"\n", what, length, text);
}

int main(void) {
  begin();
  connected(&client, &server);
  say_recv("MSG_DONTWAIT when nothing came", 8, MSG_DONTWAIT);
  say_recv("MSG_PEEK | MSG_DONTWAIT", 8, MSG_PEEK | MSG_DONTWAIT);
  say_recv("MSG_WAITALL | MSG_DONTWAIT", 8, MSG_WAITALL | MSG_DONTWAIT);
  say_recv("no room, MSG_DONTWAIT", 0, MSG_DONTWAIT);

  MUST(send(client, "abcdefgh", 8, 0));
  await(server, POLLIN);
  say_recv("MSG_PEEK", 3, MSG_PEEK);
  say_recv("MSG_PEEK again", 16, MSG_PEEK);
  say_recv("no room", 0, 0);
  say_recv("recv of a part", 2, 0);
  say_recv("MSG_PEEK at the rest", 16, MSG_PEEK);
  say_recv("MSG_WAITALL | MSG_DONTWAIT for more than there is", 16, MSG_WAITALL | MSG_DONTWAIT);
  say_ready("then", server);

  MUST(send(client, "abcdefgh", 8, 0));
  await(server, POLLIN);
  say_recv("MSG_TRUNC passes over bytes", 3, MSG_TRUNC);
  say_recv("recv of the rest", 16, 0);

  for (int i = 0; i < 4; i++) MUST(send(client, &"0123456789"[i], 3, 0));
  say_recv("MSG_WAITALL over four sends", 12, MSG_WAITALL);
  MUST(send(client, "peeked at", 9, 0));
  say_recv("MSG_WAITALL | MSG_PEEK", 9, MSG_WAITALL | MSG_PEEK);
  say_recv("MSG_WAITALL", 9, MSG_WAITALL);

  say("send of nothing", send(client, text, 0, 0));
  say("send of nothing from nowhere", send(client, NULL, 0, 0));
  say_recv("which nobody notices", 8, MSG_DONTWAIT);
  say("send with MSG_DONTWAIT and MSG_NOSIGNAL", send(client, "short", 5, MSG_DONTWAIT | MSG_NOSIGNAL));
  MUST(shutdown(client, SHUT_WR));
  say_recv("MSG_WAITALL cut short by the end", 16, MSG_WAITALL);
  say_recv("MSG_WAITALL at the end", 16, MSG_WAITALL);
  say_recv("MSG_PEEK at the end", 16, MSG_PEEK);
  say_recv("MSG_DONTWAIT at the end", 16, MSG_DONTWAIT);
  close(client);
  close(server);
  return 0;
}
