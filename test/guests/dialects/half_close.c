/* half_close PORT: ends what it sends, and goes on receiving; when both ends are over nothing is left to shut. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  struct net_address server = loopback(NET_IPV4, atoi(argv[1]));
  char buffer[100];
  int length, fd = must("dial", net_dial(&server));
  must("send", net_send(fd, "the end", 7));
  must("shutdown", net_shutdown(fd, NET_WRITE_END));
  SAY("send: %s\n", strerror(-net_send(fd, "x", 1)));
  while ((length = must("recv", net_recv(fd, buffer, sizeof buffer))) > 0) SAY("recv: %.*s\n", length, buffer);
  SAY("recv: %d\n", net_recv(fd, buffer, sizeof buffer));
  SAY("shutdown: %s\n", strerror(-net_shutdown(fd, NET_READ_END)));
  must("close", net_close(fd));
  return 0;
}
