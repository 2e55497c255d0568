/* shutdown in either direction and in both, and what send, recv and poll say afterwards. */
#include "say.h"

static char text[64];

static void shut_write(void) {
  int client, server;
  puts("-- SHUT_WR");
  connected(&client, &server);
  MUST(send(client, "last", 4, 0));
  say("shutdown", shutdown(client, SHUT_WR));
  say("send after it", send(client, "more", 4, MSG_NOSIGNAL));
  say_ready("the one that shut", client);
  await(server, POLLRDHUP);
  say_ready("the other, data unread", server);
  say("recv", recv(server, text, sizeof text, 0));
  say("recv at the end", recv(server, text, sizeof text, 0));
  say("recv again", recv(server, text, sizeof text, 0));
  say_ready("the other, at the end", server);
  say("the other still sends", send(server, "answer", 6, 0));
  await(client, POLLIN);
  say("and is received", recv(client, text, sizeof text, 0));
  say("shutdown again", shutdown(client, SHUT_WR));
  say("the other shuts too", shutdown(server, SHUT_WR));
  await(client, POLLRDHUP);
  say_ready("the first", client);
  say("recv at its end", recv(client, text, sizeof text, 0));
  say("shutdown when all is over", shutdown(client, SHUT_WR));
  close(client);
  close(server);
}

static void shut_read(void) {
  int client, server;
  puts("-- SHUT_RD");
  connected(&client, &server);
  MUST(send(server, "before", 6, 0));
  await(client, POLLIN);
  say("shutdown", shutdown(client, SHUT_RD));
  say_ready("the one that shut", client);
  say("recv of what had come", recv(client, text, sizeof text, 0));
  say("recv after it", recv(client, text, sizeof text, 0));
  say_ready("and now", client);
  say_ready("the other notices nothing", server);
  say("it sends", send(server, "after", 5, MSG_NOSIGNAL));
  say("the one that shut sends", send(client, "still", 5, 0));
  await(server, POLLIN);
  say("the other receives", recv(server, text, sizeof text, 0));
  say("recv, data having come after the shutdown", recv(client, text, sizeof text, 0));
  say("recv again", recv(client, text, sizeof text, 0));
  close(client);
  close(server);
}

static void shut_both(void) {
  int client, server;
  puts("-- SHUT_RDWR");
  connected(&client, &server);
  say("shutdown", shutdown(client, SHUT_RDWR));
  say_ready("the one that shut", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  await(server, POLLRDHUP);
  say_ready("the other", server);
  say("the other receives", recv(server, text, sizeof text, 0));
  say("close of the other", close(server));
  close(client);
}

static void shut_nothing(void) {
  struct sockaddr_in address;
  puts("-- nothing to shut");
  int fresh = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("shutdown of a fresh socket", shutdown(fresh, SHUT_RDWR));
  say("shutdown how 3", shutdown(fresh, 3));
  say("shutdown of stdout", shutdown(1, SHUT_RDWR));
  say("shutdown of no descriptor", shutdown(-1, SHUT_RDWR));
  int listener = listening(&address);
  say("SHUT_WR of a listener", shutdown(listener, SHUT_WR));
  say("connect to it", connect(fresh, any(&address), sizeof address));
  close(fresh);
  close(listener);
  listener = listening(&address);
  fresh = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("SHUT_RD of a listener", shutdown(listener, SHUT_RD));
  say_ready("it", listener);
  say_fd("accept", accept(listener, NULL, NULL));
  say("connect to it", connect(fresh, any(&address), sizeof address));
  close(fresh);
  close(listener);
}

int main(void) {
  begin();
  shut_write();
  shut_read();
  shut_both();
  shut_nothing();
  return 0;
}
