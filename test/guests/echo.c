/* A client and a server in one program: they connect, exchange, and part in an orderly way. */
#include "say.h"

static void say_received(const char *what, int fd) {
  char text[64];
  await(fd, POLLIN);
  ssize_t length = recv(fd, text, sizeof text, 0);
  printf("%s: %zd bytes \"%.*s\"\n", what, length, length > 0 ? (int)length : 0, text);
}

static void say_addresses(int client, int server, struct sockaddr_in accepted, struct sockaddr_in listener) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  say("getsockname of the client", getsockname(client, any(&address), &length));
  say_whether("accept told the client's address", same(address, accepted));
  say_whether("the client is at 127.0.0.1 too", address.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  say_whether("with a port of its own", address.sin_port != 0 && address.sin_port != listener.sin_port);
  say("getpeername of the client", getpeername(client, any(&address), &length));
  say_whether("which is the listener's", same(address, listener));
  say("getsockname of the accepted socket", getsockname(server, any(&address), &length));
  say_whether("which is the listener's", same(address, listener));
  say("getpeername of the accepted socket", getpeername(server, any(&address), &length));
  say_whether("which is the client's", same(address, accepted));
}

int main(void) {
  begin();
  struct sockaddr_in address, peer;
  socklen_t length = sizeof peer;
  char text[64];
  int listener = listening(&address);
  int client = say_fd("socket", socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
  say("connect", connect(client, any(&address), sizeof address));
  int server = say_fd("accept", accept(listener, any(&peer), &length));
  printf("the address has %u bytes\n", (unsigned)length);
  say_addresses(client, server, peer, address);

  say("send", send(client, "hello", 5, 0));
  say_received("the server receives", server);
  say("send back", send(server, "hello yourself", 14, 0));
  say_received("the client receives", client);
  say("write", write(client, "one ", 4));
  say("write", write(client, "two ", 4));
  say("write", write(client, "three", 5));
  say("recv of all three", recv(server, text, 13, MSG_WAITALL));
  printf("\"%.13s\"\n", text);
  say("write", write(server, "by write and read", 17));
  await(client, POLLIN);
  say("read of a part", read(client, text, 8));
  say("read of the rest", read(client, text + 8, sizeof text - 8));
  printf("\"%.17s\"\n", text);

  int second = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("a second client connects", connect(second, any(&address), sizeof address));
  int second_server = say_fd("and is accepted", accept(listener, NULL, NULL));
  say("it sends", send(second, "me", 2, 0));
  say_received("its server receives", second_server);
  say_ready("the first server", server);

  say("close of the client", close(client));
  await(server, POLLIN);
  say("read at the end", read(server, text, sizeof text));
  say("and again", read(server, text, sizeof text));
  say("close of the server", close(server));
  say("close of the second", close(second));
  say_received("its server receives", second_server);
  say("close of its server", close(second_server));
  say("close of the listener", close(listener));
  say("close once more", close(listener));
  return 0;
}
