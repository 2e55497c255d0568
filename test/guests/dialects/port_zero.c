/* port_zero: tries port 0 with all that can be given an address, and prints a line for each. */
#include DIALECT
#include "say.h"

static void say(const char *what, int result) { SAY("%s: %d\n", what, result); }

static struct net_address at(enum net_family family, int port) {
  struct net_address address = loopback(family, port);
  return address;
}

int main(void) {
  char buffer[100];
  for (int family = NET_IPV4; family <= NET_IPV6; family += 2) {
    struct net_address zero = at(family, 0), local, from;
    SAY("IPv%d\n", family);
    int fd = net_open(family, NET_DGRAM);
    if (fd < 0) return SAY("open: %d\n", fd), 0;
    say("connect", net_connect(fd, &zero));
    say("send", net_send(fd, "x", 1));
    net_poll(fd, NET_READABLE, 5000); /* until the refusal is there */
    say("send again", net_send(fd, "x", 1));
    say("close", net_close(fd));
    fd = must("open", net_open(family, NET_DGRAM));
    say("send to", net_send_to(fd, "x", 1, &zero));
    say("send nothing to", net_send_to(fd, "", 0, &zero));
    say("bind", net_bind(fd, &zero));
    net_close(fd);
    fd = must("open", net_open(family, NET_DGRAM));
    say("bind a fresh one", net_bind(fd, &zero));
    say("it has a port", net_local(fd, &local) < 0 ? -1 : local.port != 0);
    say("send to from there", net_send_to(fd, "x", 1, &zero));
    say("send to itself", net_send_to(fd, "hello", 5, &local));
    say("receive", net_recv_from(fd, buffer, sizeof buffer, &from));
    net_close(fd);
    fd = must("open", net_open(family, NET_STREAM));
    say("connect a stream", net_connect(fd, &zero));
    net_close(fd);
    fd = must("open", net_open(family, NET_STREAM));
    const int bound = net_bind(fd, &zero);
    say("bind a stream", bound);
    if (bound == 0) say("listen", net_listen(fd, 5));
    say("it has a port", net_local(fd, &local) < 0 ? -1 : local.port != 0);
    net_close(fd);
  }
  return 0;
}
