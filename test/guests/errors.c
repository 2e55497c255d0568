/* The errno of every call on no descriptor, on a file, on a fresh socket, and for kinds of socket that are not. */
#include "say.h"

static char text[8];
static struct sockaddr_in address;

static void every_call(const char *what, int fd) {
  socklen_t length = sizeof address;
  int value = 0;
  address = loopback(htons(9));
  printf("-- %s\n", what);
  say("bind", bind(fd, any(&address), sizeof address));
  say("listen", listen(fd, 1));
  say("accept", accept(fd, NULL, NULL));
  say("connect", connect(fd, any(&address), sizeof address));
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("recv", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("sendto", sendto(fd, "x", 1, MSG_NOSIGNAL, any(&address), sizeof address));
  say("recvfrom", recvfrom(fd, text, sizeof text, MSG_DONTWAIT, any(&address), &length));
  struct iovec part = {text, sizeof text};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  say("sendmsg", sendmsg(fd, &message, MSG_NOSIGNAL));
  say("recvmsg", recvmsg(fd, &message, MSG_DONTWAIT));
  say("shutdown", shutdown(fd, SHUT_WR));
  say("getsockname", getsockname(fd, any(&address), &length));
  say("getpeername", getpeername(fd, any(&address), &length));
  length = sizeof value;
  say("getsockopt", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length));
  say("setsockopt", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value));
}

static void fresh_socket(void) {
  puts("-- a fresh TCP socket");
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  address = loopback(htons(9));
  socklen_t length = sizeof address;
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("write", write(fd, "x", 1));
  say("sendto an address", sendto(fd, "x", 1, MSG_NOSIGNAL, any(&address), sizeof address));
  say("recv", recv(fd, text, sizeof text, 0));
  say("read", read(fd, text, sizeof text));
  say("recvfrom", recvfrom(fd, text, sizeof text, 0, any(&address), &length));
  say("accept", accept(fd, NULL, NULL));
  say("shutdown", shutdown(fd, SHUT_RD));
  say("getpeername", getpeername(fd, any(&address), &length));
  say("close", close(fd));
  say("close again", close(fd));
}

static void kinds(void) {
  puts("-- kinds of socket");
  say_fd("family 99", socket(99, SOCK_STREAM, 0));
  say_fd("family -1", socket(-1, SOCK_STREAM, 0));
  say_fd("family 0", socket(AF_UNSPEC, SOCK_STREAM, 0));
  say_fd("type 99", socket(AF_INET, 99, 0));
  say_fd("TCP over a datagram", socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
  say_fd("UDP over a stream", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  say_fd("protocol 254", socket(AF_INET, SOCK_STREAM, 254));
  say_fd("UDP over IPv6", socket(AF_INET6, SOCK_STREAM, IPPROTO_UDP));
  say_fd("AF_UNIX, protocol 9", socket(AF_UNIX, SOCK_STREAM, 9));
  int fd = say_fd("SOCK_NONBLOCK | SOCK_CLOEXEC", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  close(fd);
}

static void bad_pointers(void) {
  struct sockaddr *volatile nowhere = (struct sockaddr *)-4096;
  void *volatile bytes = (void *)-4096;
  socklen_t length = sizeof address;
  int client, server, fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  puts("-- pointers to nowhere");
  say("bind", bind(fd, nowhere, sizeof address));
  say("connect", connect(fd, nowhere, sizeof address));
  say("getsockname", getsockname(fd, nowhere, &length));
  say("getsockopt", getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &length));
  say("setsockopt", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, bytes, sizeof(int)));
  close(fd);
  connected(&client, &server);
  say("send", send(client, bytes, 10, MSG_NOSIGNAL));
  MUST(send(client, "data", 4, 0));
  await(server, POLLIN);
  say("recv", recv(server, bytes, 10, 0));
  say("and the data is still there", recv(server, text, sizeof text, 0));
  close(client);
  close(server);
}

int main(void) {
  begin();
  every_call("no descriptor", -1);
  every_call("a descriptor that is not open", 900);
  every_call("stdout", 1);
  fresh_socket();
  kinds();
  bad_pointers();
  return 0;
}
