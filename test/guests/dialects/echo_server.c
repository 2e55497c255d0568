/* echo_server 4|6 CONNECTIONS: serves that many, one after the other, and tells its port where the dialect can. */
#include DIALECT
#include "say.h"

static void echo(int fd) {
  char buffer[4096];
  for (;;) {
    int length = must("recv", net_recv(fd, buffer, sizeof buffer));
    if (length == 0) return;
    for (int sent = 0; sent < length;) sent += must("send", net_send(fd, buffer + sent, length - sent));
  }
}

int main(int argc, char **argv) {
  struct net_address here, there;
  int listener = must("serve", net_serve(family_of(argv[1])));
  if (net_local(listener, &here) >= 0) SAY("port %d\n", here.port);
  else SAY("ready\n");
  for (int left = atoi(argv[2]); left > 0; left--) {
    int fd = must("accept", net_accept(listener, &there));
    if (there.port != 0) say_address("from", &there), SAY("\n");
    echo(fd);
    must("close", net_close(fd));
  }
  must("close", net_close(listener));
  SAY("recv on a closed descriptor: %s\n", strerror(-net_recv(listener, &here, 1)));
  return 0;
}
