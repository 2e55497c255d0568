/* waiting: non-blocking, with poll: a connection that is not there, one that has nothing yet, and one that has. */
#include DIALECT
#include "say.h"

int main(void) {
  char buffer[100];
  int listener = must("serve", net_serve(NET_IPV4));
  struct net_address here;
  must("block", net_block(listener, 0));
  SAY("accept: %s\n", strerror(-net_accept(listener, NULL)));
  SAY("poll: %d\n", net_poll(listener, NET_READABLE, 10));
  if (net_local(listener, &here) >= 0) SAY("port %d\n", here.port);
  else SAY("ready\n");
  SAY("poll: %d\n", net_poll(listener, NET_READABLE, 20000));
  int fd = must("accept", net_accept(listener, NULL));
  must("block", net_block(fd, 0));
  SAY("recv: %s\n", strerror(-net_recv(fd, buffer, sizeof buffer)));
  SAY("poll: %d\n", net_poll(fd, NET_READABLE, 10));
  SAY("poll: %d\n", net_poll(fd, NET_READABLE | NET_WRITABLE, 20000));
  must("send", net_send(fd, "go\n", 3));
  SAY("poll: %d\n", net_poll(fd, NET_READABLE, 20000));
  int length = must("recv", net_recv(fd, buffer, sizeof buffer));
  SAY("recv: %.*s\n", length, buffer);
  must("block", net_block(fd, 1));
  SAY("recv: %d\n", net_recv(fd, buffer, sizeof buffer));
  return 0;
}
