/* A non-blocking connect: EINPROGRESS, then poll and SO_ERROR tell; connect again says 0 once, then EISCONN. */
#include "say.h"

static int nonblocking_socket(void) { return MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)); }

static void succeeds(void) {
  struct sockaddr_in address, peer;
  socklen_t length = sizeof peer;
  char text[8];
  puts("-- where somebody listens");
  int listener = listening(&address);
  int fd = nonblocking_socket();
  say_whether("O_NONBLOCK from the type", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  say_ready("before", fd);
  say("connect", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  say_ready("after", fd);
  printf("SO_ERROR: %s\n", pending_error(fd));
  say("connect again", connect(fd, any(&address), sizeof address));
  say("and again", connect(fd, any(&address), sizeof address));
  say("getpeername", getpeername(fd, any(&peer), &length));
  say_whether("it is the listener's", same(peer, address));
  say("recv when nothing came", recv(fd, text, sizeof text, 0));
  int server = MUST(accept(listener, NULL, NULL));
  say_whether("the accepted socket is non-blocking", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
  say("it sends", send(server, "ok", 2, 0));
  await(fd, POLLIN);
  say("recv", recv(fd, text, sizeof text, 0));
  close(server);
  close(fd);

  fd = nonblocking_socket();
  say("connect without asking again", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  say("send", send(fd, "hi", 2, 0));
  close(fd);
  close(listener);
}

static void refused(void) {
  struct sockaddr_in address;
  puts("-- where nobody listens");
  int holder = bound(SOCK_STREAM, &address); /* keeps the port from anyone else */
  int fd = nonblocking_socket();
  say("connect", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  say_ready("after", fd);
  printf("SO_ERROR: %s\n", pending_error(fd));
  printf("again: %s\n", pending_error(fd));
  say_ready("then", fd);
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("getpeername", getpeername(fd, any(&address), &(socklen_t){sizeof address}));

  say("now it listens", listen(holder, 4));
  say("connect takes notice of the failure", connect(fd, any(&address), sizeof address));
  say_ready("then", fd);
  say("connect once more", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  printf("SO_ERROR: %s\n", pending_error(fd));
  int server = say_fd("accept", accept(holder, NULL, NULL));
  close(server);
  close(fd);
  close(holder);
}

static void told_by_connect(void) {
  struct sockaddr_in address;
  puts("-- refused, told by connect itself");
  int holder = bound(SOCK_STREAM, &address);
  int fd = nonblocking_socket();
  say("connect", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  say("connect again", connect(fd, any(&address), sizeof address));
  printf("SO_ERROR: %s\n", pending_error(fd));
  say("connect a third time", connect(fd, any(&address), sizeof address));
  await(fd, POLLOUT);
  say("recv", recv(fd, &address, 1, 0));
  say("recv again", recv(fd, &address, 1, 0));
  close(fd);
  close(holder);
}

int main(void) {
  begin();
  succeeds();
  refused();
  told_by_connect();
  return 0;
}
