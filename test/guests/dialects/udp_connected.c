/* udp_connected 4|6 PORT: sends datagrams to one peer, and prints what it answers. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  struct net_address peer = loopback(family_of(argv[1]), atoi(argv[2]));
  char buffer[100];
  int fd = must("open", net_open(peer.family, NET_DGRAM));
  must("connect", net_connect(fd, &peer));
  for (int i = 0; i < 2; i++) {
    must("send", net_send(fd, i ? "two" : "one", 3));
    int length = must("recv", net_recv(fd, buffer, sizeof buffer));
    SAY("%.*s\n", length, buffer);
  }
  must("send", net_send(fd, "more", 4));
  int length = must("recv", net_recv(fd, buffer, 4));
  SAY("%.*s\n", length, buffer); /* the rest of a datagram is lost */
  must("close", net_close(fd));
  return 0;
}
