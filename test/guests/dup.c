/* Duplicates of a descriptor are one socket: they share O_NONBLOCK, and it lives until the last is closed. */
#include "say.h"

static char text[16];

static int nonblocking(int fd) { return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0; }

static void numbers(void) {
  int first = MUST(socket(AF_INET, SOCK_STREAM, 0)), second = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  puts("-- numbers");
  say_whether("the next is the next number", second == first + 1);
  int copy = say_fd("dup", dup(first));
  say_whether("again", copy == second + 1);
  close(second);
  int another = dup(first);
  say_whether("the lowest free is taken", another == second);
  close(first);
  say_whether("by socket too", socket(AF_INET, SOCK_STREAM, 0) == first);
  say_fd("dup of no descriptor", dup(-1));
  close(first);
  close(another);
  close(copy);
  say_fd("dup of a closed one", dup(copy));
  copy = say_fd("dup of stdout", dup(1));
  say("close", close(copy));
}

static void one_socket(void) {
  int client, server;
  puts("-- one socket");
  connected(&client, &server);
  int copy = MUST(dup(client));
  say_whether("blocking at first", !nonblocking(client) && !nonblocking(copy));
  set_nonblocking(copy);
  say_whether("O_NONBLOCK is shared", nonblocking(client));
  say("recv through the first", recv(client, text, sizeof text, 0));
  MUST(fcntl(client, F_SETFL, fcntl(client, F_GETFL) & ~O_NONBLOCK));
  say_whether("cleared for both", !nonblocking(copy));
  say("send through the copy", send(copy, "one", 3, 0));
  say("send through the first", send(client, "two", 3, 0));
  say("recv", recv(server, text, 6, MSG_WAITALL));
  say("close of the first", close(client));
  say_ready("the server notices nothing", server);
  say("send through the copy", send(copy, "alive", 5, 0));
  say("recv", recv(server, text, 5, MSG_WAITALL));
  int third = MUST(dup(copy));
  say("shutdown through the copy", shutdown(copy, SHUT_WR));
  say("send through the third", send(third, "x", 1, MSG_NOSIGNAL));
  await(server, POLLRDHUP);
  say("recv at the end", recv(server, text, sizeof text, 0));
  MUST(send(server, "last", 4, 0));
  close(copy);
  say("recv through the third", recv(third, text, sizeof text, 0));
  close(server);
  await(third, POLLIN);
  say("recv at its end", recv(third, text, sizeof text, 0));
  close(third);
}

static void listener(void) {
  struct sockaddr_in address;
  puts("-- a listener");
  int fd = listening(&address), copy = MUST(dup(fd)), client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(close(fd));
  say("connect", connect(client, any(&address), sizeof address));
  int server = say_fd("accept through the copy", accept(copy, NULL, NULL));
  close(client);
  close(server);
  say("close of the copy", close(copy));
  client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect now", connect(client, any(&address), sizeof address));
  close(client);
}

int main(void) {
  begin();
  numbers();
  one_socket();
  listener();
  return 0;
}
