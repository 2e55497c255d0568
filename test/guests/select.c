/* select over the same things that poll is asked about. */
#include "say.h"

#include <sys/select.h>

static fd_set reads, writes, excepts;

/* Asks about `fd` in all three sets and says in which it is left. */
static void say_select(const char *what, int fd) {
  struct timeval at_once = {0, 0};
  FD_ZERO(&reads);
  FD_ZERO(&writes);
  FD_ZERO(&excepts);
  FD_SET(fd, &reads);
  FD_SET(fd, &writes);
  FD_SET(fd, &excepts);
  int count = select(fd + 1, &reads, &writes, &excepts, &at_once);
  if (count < 0) return say(what, count);
  printf("%s: %d%s%s%s\n", what, count, FD_ISSET(fd, &reads) ? " read" : "", FD_ISSET(fd, &writes) ? " write" : "",
         FD_ISSET(fd, &excepts) ? " except" : "");
}

int main(void) {
  struct sockaddr_in address;
  struct timeval timeout = {0, 100000};
  int client, server;
  begin();
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say_select("a fresh socket", fd);
  int listener = listening(&address);
  say_select("a listener", listener);
  MUST(connect(fd, any(&address), sizeof address));
  await(listener, POLLIN);
  say_select("a connection waits", listener);
  close(fd);
  close(listener);
  say_select("closed", fd);

  connected(&client, &server);
  say_select("connected", server);
  MUST(send(client, "x", 1, 0));
  await(server, POLLIN);
  say_select("data came", server);
  FD_ZERO(&reads);
  FD_SET(client, &reads);
  FD_SET(server, &reads);
  say("select of two, one ready", select((client > server ? client : server) + 1, &reads, NULL, NULL, NULL));
  say_whether("it is the one", FD_ISSET(server, &reads) && !FD_ISSET(client, &reads));
  long long started = now_ms();
  FD_ZERO(&reads);
  FD_SET(client, &reads);
  say("select of the other, 100 ms", select(client + 1, &reads, NULL, NULL, &timeout));
  say_whether("waited within bounds", now_ms() - started >= 99 && now_ms() - started < 10000);
  say_whether("it is taken out", !FD_ISSET(client, &reads));
  timeout = (struct timeval){0, 1000};
  say("select of nothing", select(0, NULL, NULL, NULL, &timeout));
  timeout = (struct timeval){-1, 0};
  say("a negative timeout", select(0, NULL, NULL, NULL, &timeout));
  say("a negative count", select(-1, NULL, NULL, NULL, &(struct timeval){0, 0}));
  close(client);
  await(server, POLLRDHUP);
  say_select("data and the end", server);
  close(server);
  return 0;
}
