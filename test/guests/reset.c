/* Connections that are reset: by SO_LINGER 0, by close with data unread. The error is told once. */
#include "say.h"

static char text[64];

/* Closes so that the peer is reset. */
static void abort_connection(int fd) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  say("SO_LINGER 0", setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  say("close", close(fd));
}

static void told_by_recv(void) {
  int client, server;
  puts("-- told by recv");
  connected(&client, &server);
  abort_connection(server);
  await(client, 0);
  say_ready("the other", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("recv again", recv(client, text, sizeof text, 0));
  say_ready("then", client);
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  say("getpeername", getpeername(client, any(&(struct sockaddr_in){0}), &(socklen_t){sizeof(struct sockaddr_in)}));
  say("shutdown", shutdown(client, SHUT_RDWR));
  close(client);
}

static void told_by_send(void) {
  int client, server;
  puts("-- told by send");
  connected(&client, &server);
  abort_connection(server);
  await(client, 0);
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  say("send again", send(client, "x", 1, MSG_NOSIGNAL));
  say("recv", recv(client, text, sizeof text, 0));
  close(client);
}

static void told_by_option(void) {
  int client, server;
  puts("-- told by SO_ERROR");
  connected(&client, &server);
  abort_connection(server);
  await(client, 0);
  printf("SO_ERROR: %s\n", pending_error(client));
  printf("again: %s\n", pending_error(client));
  say_ready("then", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  close(client);
}

static void unread_data(void) {
  int client, server;
  puts("-- closed with data unread");
  connected(&client, &server);
  MUST(send(client, "never read", 10, 0));
  await(server, POLLIN);
  say("close", close(server));
  await(client, 0);
  say_ready("the other", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("recv again", recv(client, text, sizeof text, 0));
  close(client);
}

static void last_words(void) {
  int client, server;
  puts("-- what came before the reset can be read");
  connected(&client, &server);
  MUST(send(server, "last words", 10, 0));
  await(client, POLLIN);
  abort_connection(server);
  await(client, 0);
  say("recv", recv(client, text, 4, 0));
  say("recv of the rest", recv(client, text, sizeof text, 0));
  say("recv then", recv(client, text, sizeof text, 0));
  say("recv at last", recv(client, text, sizeof text, 0));
  close(client);
}

int main(void) {
  begin();
  told_by_recv();
  told_by_send();
  told_by_option();
  unread_data();
  last_words();
  return 0;
}
