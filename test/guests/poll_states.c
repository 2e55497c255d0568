/* What poll reports of sockets in every state, of no socket at all, and when it is asked for little. */
#include "say.h"

static void say_poll(const char *what, int fd, short events) {
  struct pollfd one = {.fd = fd, .events = events, .revents = 0x7fff};
  int count = poll(&one, 1, 0);
  printf("%s: %d, %s\n", what, count, events_name(one.revents));
}

static void descriptors(void) {
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  close(fd);
  say_poll("a closed descriptor", fd, POLLIN);
  say_poll("a closed descriptor, nothing asked", fd, 0);
  say_poll("a descriptor far away", 100000, POLLIN);
  say_poll("a negative descriptor", -1, POLLIN | POLLOUT);
  say_poll("a very negative one", -100, POLLIN);
  say("no descriptors", poll(NULL, 0, 0));
}

static void states(void) {
  struct sockaddr_in address;
  const short all = POLLIN | POLLOUT | POLLPRI | POLLRDHUP;
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say_poll("a fresh TCP socket", fd, all);
  say_poll("the same, asked for IN", fd, POLLIN);
  say_poll("the same, asked for nothing", fd, 0);
  int listener = bound(SOCK_STREAM, &address);
  say_poll("a bound one", listener, all);
  MUST(listen(listener, 4));
  say_poll("a listening one", listener, all);
  MUST(connect(fd, any(&address), sizeof address));
  await(listener, POLLIN);
  say_poll("a connection waits", listener, all);
  say_poll("the same, asked for OUT", listener, POLLOUT);
  say_poll("a connected one", fd, all);
  int server = MUST(accept(listener, NULL, NULL));
  say_poll("the listener, nobody waiting", listener, all);
  say_poll("the accepted one", server, all);
  say_poll("the accepted one, asked for IN", server, POLLIN);
  MUST(send(fd, "x", 1, 0));
  await(server, POLLIN);
  say_poll("data came", server, all);
  say_poll("data came, asked for OUT", server, POLLOUT);
  MUST(shutdown(fd, SHUT_WR));
  await(server, POLLRDHUP);
  say_poll("the peer shut, asked for IN", server, POLLIN);
  say_poll("the peer shut, asked for RDHUP", server, POLLRDHUP);
  say_poll("the peer shut, asked for OUT", server, POLLOUT);
  say_poll("the peer shut, asked for nothing", server, 0);
  MUST(shutdown(server, SHUT_WR));
  say_poll("both shut, asked for nothing", server, 0);
  close(fd);
  close(server);
  close(listener);
  fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say_poll("a fresh UDP socket", fd, all);
  say_poll("the same, asked for IN", fd, POLLIN);
  close(fd);
}

static void several(void) {
  struct sockaddr_in address;
  int client, server;
  connected(&client, &server);
  int listener = listening(&address);
  int closed = MUST(socket(AF_INET, SOCK_STREAM, 0));
  close(closed);
  MUST(send(client, "x", 1, 0));
  await(server, POLLIN);
  struct pollfd fds[] = {{.fd = client, .events = POLLIN},  {.fd = server, .events = POLLIN},
                         {.fd = -1, .events = POLLIN},      {.fd = server, .events = POLLIN | POLLOUT},
                         {.fd = closed, .events = POLLOUT}, {.fd = listener, .events = POLLIN}};
  say("six at once, no timeout needed", poll(fds, 6, -1));
  for (int i = 0; i < 6; i++) printf("  %s\n", events_name(fds[i].revents));
  close(client);
  close(server);
  close(listener);
}

int main(void) {
  begin();
  descriptors();
  states();
  several();
  return 0;
}
