/* Writing to a peer that has closed: the first send succeeds and is answered by a reset, later ones fail. */
#include "say.h"

static char text[64];

/* A connection whose other end has closed in an orderly way, and has already been written to. */
static int written_after_close(void) {
  int client, server;
  connected(&client, &server);
  say("close of the peer", close(server));
  await(client, POLLRDHUP);
  say_ready("the end is known", client);
  say("the first send", send(client, "anyone?", 7, MSG_NOSIGNAL));
  await(client, 0);
  say_ready("the reset has come", client);
  return client;
}

int main(void) {
  begin();
  int fd = written_after_close();
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("send again", send(fd, "x", 1, MSG_NOSIGNAL));
  say_ready("then", fd);
  say("recv", recv(fd, text, sizeof text, 0));
  close(fd);

  puts("-- with recv first");
  fd = written_after_close();
  say("recv", recv(fd, text, sizeof text, 0));
  printf("SO_ERROR: %s\n", pending_error(fd));
  printf("again: %s\n", pending_error(fd));
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  close(fd);

  puts("-- by write");
  fd = written_after_close();
  say("write", write(fd, "x", 1));
  say("read", read(fd, text, sizeof text));
  close(fd);

  puts("-- data, then close, then the reset");
  int client, server;
  connected(&client, &server);
  MUST(send(server, "farewell", 8, 0));
  close(server);
  await(client, POLLRDHUP);
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  await(client, 0);
  say("recv of what came before", recv(client, text, sizeof text, 0));
  say("recv then", recv(client, text, sizeof text, 0));
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  close(client);
  return 0;
}
