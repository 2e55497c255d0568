/* Listeners: the order of accept, connections that wait or are gone, and what accept and listen refuse. */
#include "say.h"

enum { CLIENTS = 5 };

static int connected_to(struct sockaddr_in address) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(fd, any(&address), sizeof address));
  return fd;
}

static void order(void) {
  struct sockaddr_in address, peer;
  int clients[CLIENTS], in_order = 0, first_words = 0;
  puts("-- order");
  int listener = listening(&address);
  for (int i = 0; i < CLIENTS; i++) {
    clients[i] = connected_to(address);
    char word = (char)('a' + i);
    MUST(send(clients[i], &word, 1, 0));
  }
  for (int i = 0; i < CLIENTS; i++) {
    struct sockaddr_in expected;
    char word = 0;
    int server = MUST(accept(listener, any(&peer), &(socklen_t){sizeof peer}));
    MUST(getsockname(clients[i], any(&expected), &(socklen_t){sizeof expected}));
    in_order += same(peer, expected);
    first_words += recv(server, &word, 1, 0) == 1 && word == 'a' + i;
    close(server);
    close(clients[i]);
  }
  printf("accepted in order: %d, what they sent before was there: %d\n", in_order, first_words);
  close(listener);
}

static void nonblocking(void) {
  struct sockaddr_in address;
  char text[8];
  puts("-- non-blocking");
  int listener = listening(&address);
  set_nonblocking(listener);
  say_fd("accept when nobody came", accept(listener, NULL, NULL));
  int client = connected_to(address);
  await(listener, POLLIN);
  int server = say_fd("accept", accept(listener, NULL, NULL));
  say_fd("accept again", accept(listener, NULL, NULL));
  say_whether("the accepted socket is non-blocking", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
  close(server);
  close(client);
  client = connected_to(address);
  await(listener, POLLIN);
  server = say_fd("accept4 with SOCK_NONBLOCK", accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
  say_whether("the accepted socket is non-blocking", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
  say("recv", recv(server, text, sizeof text, 0));
  say_fd("accept4 with nonsense", accept4(listener, NULL, NULL, 1));
  close(server);
  close(client);

  client = connected_to(address);
  MUST(send(client, "bye", 3, 0));
  close(client);
  await(listener, POLLIN);
  server = say_fd("accept of one that has closed", accept(listener, NULL, NULL));
  await(server, POLLRDHUP);
  say("recv", recv(server, text, sizeof text, 0));
  say("recv again", recv(server, text, sizeof text, 0));
  close(server);
  close(listener);
}

static void abandoned(void) {
  struct sockaddr_in address;
  char text[8];
  puts("-- the listener closes while a connection waits");
  int listener = listening(&address);
  int client = connected_to(address), second = connected_to(address);
  MUST(send(second, "hello", 5, 0));
  say("close", close(listener));
  await(client, 0);
  say_ready("the client", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("recv again", recv(client, text, sizeof text, 0));
  await(second, 0);
  say("send of the second", send(second, "x", 1, MSG_NOSIGNAL));
  int third = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect of a third", connect(third, any(&address), sizeof address));
  close(client);
  close(second);
  close(third);
}

static void refusals(void) {
  struct sockaddr_in address;
  int client, server;
  puts("-- refused");
  connected(&client, &server);
  say("listen on a connected socket", listen(client, 1));
  say("listen on an accepted one", listen(server, 1));
  say_fd("accept on a connected one", accept(client, NULL, NULL));
  close(client);
  close(server);
  int fd = bound(SOCK_STREAM, &address);
  say_fd("accept on a bound one", accept(fd, NULL, NULL));
  say("listen", listen(fd, 0));
  say("listen again", listen(fd, 5));
  say("listen with a negative backlog", listen(fd, -1));
  client = connected_to(address);
  await(fd, POLLIN);
  say("which still takes connections", close(MUST(accept(fd, NULL, NULL))));
  say("connect of a listener", connect(fd, any(&address), sizeof address));
  say("send on a listener", send(fd, "x", 1, MSG_NOSIGNAL));
  say("recv on a listener", recv(fd, &address, 1, 0));
  say("getpeername of a listener", getpeername(fd, any(&address), &(socklen_t){sizeof address}));
  say_fd("accept on stdout", accept(1, NULL, NULL));
  say("listen on stdout", listen(1, 1));
  say_fd("accept on no descriptor", accept(-1, NULL, NULL));
  close(client);
  close(fd);
}

int main(void) {
  begin();
  order();
  nonblocking();
  abandoned();
  refusals();
  return 0;
}
