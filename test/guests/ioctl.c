/* FIONREAD tells how much there is to read; FIONBIO makes a socket non-blocking. */
#include "say.h"

#include <sys/ioctl.h>

static char text[64];

static void say_unread(const char *what, int fd) {
  int count = -1;
  int result = ioctl(fd, FIONREAD, &count);
  if (result < 0)
    say(what, result);
  else
    printf("%s: %d bytes to read\n", what, count);
}

int main(void) {
  int client, server, on = 1, off = 0;
  struct sockaddr_in address;
  begin();
  connected(&client, &server);
  say_unread("at first", server);
  MUST(send(client, "0123456789", 10, 0));
  await(server, POLLIN);
  say_unread("after ten bytes", server);
  MUST(recv(server, text, 4, 0));
  say_unread("four of them read", server);
  MUST(recv(server, text, 4, MSG_PEEK));
  say_unread("four more peeked at", server);
  MUST(recv(server, text, 6, MSG_WAITALL));
  say_unread("all read", server);

  say("FIONBIO", ioctl(server, FIONBIO, &on));
  say_whether("fcntl says O_NONBLOCK", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
  say("recv", recv(server, text, sizeof text, 0));
  say("FIONBIO off", ioctl(server, FIONBIO, &off));
  say_whether("fcntl says O_NONBLOCK", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0);
  MUST(send(client, "end", 3, 0));
  close(client);
  await(server, POLLRDHUP);
  say_unread("three bytes and the end", server);
  MUST(recv(server, text, sizeof text, 0));
  say_unread("at the end", server);
  say("an unknown request", ioctl(server, 0x7777, &on));
  close(server);
  say_unread("closed", server);

  int fd = bound(SOCK_DGRAM, &address);
  say_unread("no datagram", fd);
  MUST(sendto(fd, "first", 5, 0, any(&address), sizeof address));
  MUST(sendto(fd, "the second", 10, 0, any(&address), sizeof address));
  await(fd, POLLIN);
  say_unread("two datagrams: the first counts", fd);
  MUST(recv(fd, text, sizeof text, 0));
  await(fd, POLLIN);
  say_unread("the second", fd);
  close(fd);
  fd = listening(&address);
  say_unread("a listener", fd);
  close(fd);
  return 0;
}
