/* udp 4|6: answers datagrams until an empty one comes: each is sent back to whom it came from, and then to a connected socket of its own. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  enum net_family family = family_of(argv[1]);
  struct net_address here = loopback(family, 0), from;
  char buffer[1000];
  int fd = must("open", net_open(family, NET_DGRAM));
  must("bind", net_bind(fd, &here));
  must("local", net_local(fd, &here));
  SAY("port %d\n", here.port);
  for (;;) {
    int length = must("recv_from", net_recv_from(fd, buffer, sizeof buffer, &from));
    say_address("from", &from);
    SAY(" %.*s\n", length, buffer);
    must("send_to", net_send_to(fd, buffer, length, &from));
    if (length == 0) break;
  }
  int other = must("open", net_open(family, NET_DGRAM));
  must("connect", net_connect(other, &here));
  must("send", net_send(other, "to myself", 9));
  int length = must("recv_from", net_recv_from(fd, buffer, sizeof buffer, &from));
  SAY("%.*s, ", length, buffer);
  struct net_address local;
  must("local", net_local(other, &local));
  SAY("%s\n", local.port == from.port ? "from where it was sent" : "from elsewhere");
  must("send_to", net_send_to(fd, "too long to fit", 15, &local));
  length = must("recv", net_recv(other, buffer, 8));
  SAY("%.*s\n", length, buffer);
  return 0;
}
