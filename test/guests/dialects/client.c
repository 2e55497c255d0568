/* client 4|6 PORT: sends a greeting, prints the answer until its end, and tells the names of both ends. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  struct net_address server = loopback(family_of(argv[1]), atoi(argv[2])), local, peer;
  char buffer[1000];
  int length, total = 0, fd = must("dial", net_dial(&server));
  if (net_peer(fd, &peer) >= 0) say_address("peer", &peer), SAY(", %s\n", peer.port == server.port ? "as asked" : "strange");
  if (net_local(fd, &local) >= 0) say_address("local", &local), SAY(", %s\n", local.port != 0 ? "bound" : "not bound");
  must("send", net_send(fd, "hello from a guest\n", 19));
  must("shutdown", net_shutdown(fd, NET_WRITE_END));
  while ((length = must("recv", net_recv(fd, buffer, sizeof buffer))) > 0) total += length, fwrite(buffer, 1, length, stdout);
  SAY("%d bytes\n", total);
  must("close", net_close(fd));
  return 0;
}
