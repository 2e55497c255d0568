/* Attempts in one dialect: prints what came of each, by name. Its arguments: {T}, {S}, {U}, {SU} and {P}, and a port to listen at. */
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wunused-parameter"
#include DIALECT
#include <arpa/inet.h>
#include <stdio.h>

static struct net_address at(const char *host, int port) {
  struct net_address to = {strchr(host, ':') ? NET_IPV6 : NET_IPV4, {0}, port};
  inet_pton(to.family == NET_IPV6 ? AF_INET6 : AF_INET, host, to.bytes);
  return to;
}

static void say(const char *what, const char *where, int answer) {
  const char *said = answer >= 0 ? "ok" : -answer == __WASI_ERRNO_ACCES ? "EACCES" : -answer == NET_ENOTSUP ? "ENOTSUP" : strerror(-answer);
  printf("%s %s: %s\n", what, where, said);
}

static void connects(const char *host, int port, const char *where) {
  const struct net_address to = at(host, port);
  int fd = net_open(to.family, NET_STREAM);
  say("connect", where, fd < 0 ? fd : net_connect(fd, &to));
  if (fd >= 0) net_close(fd);
}

/* A datagram from a socket that is bound first, unless `from` is null. */
static void sends(const char *from, const char *host, int port, const char *where) {
  const struct net_address to = at(host, port);
  int fd = net_open(to.family, NET_DGRAM), error = fd < 0 ? fd : 0;
  const struct net_address bound = at(from ? from : "0.0.0.0", 0);
  if (!error && from) error = net_bind(fd, &bound);
  say("send", where, error < 0 ? error : net_send_to(fd, where, strlen(where), &to));
  say("peer", where, error < 0 ? error : net_connect(fd, &to));
  if (fd >= 0) net_close(fd);
}

static void listens(const char *host, int port, const char *where) {
  const struct net_address here = at(host, port);
  int fd = net_open(here.family, NET_STREAM), error = fd < 0 ? fd : 0;
  if (!error && port >= 0) error = net_bind(fd, &here);
  say("listen", where, error < 0 ? error : net_listen(fd, 4));
  if (fd >= 0) net_close(fd);
}

int main(int argc, char **argv) {
  if (argc < 7) return 2;
  const int open = atoi(argv[1]), secret = atoi(argv[2]), udp = atoi(argv[3]), hidden = atoi(argv[4]), twin = atoi(argv[5]);
  const int own = atoi(argv[6]);
  struct net_address found[4];
  connects("127.0.0.1", open, "to the allowed port");
  connects("127.0.0.1", secret, "to another port");
  connects("127.0.0.2", open, "to another address");
  connects("0.0.0.0", secret, "to 0.0.0.0");
  connects("0.0.0.0", twin, "to 0.0.0.0 at the twin");
  connects("::", twin, "to ::");
  connects("::ffff:0.0.0.0", twin, "to mapped 0.0.0.0");
  connects("::ffff:127.0.0.1", secret, "to a mapped address");
  connects("64:ff9b::7f00:1", secret, "through NAT64");
  sends(NULL, "127.0.0.1", udp, "to the allowed port");
  sends(NULL, "127.0.0.1", hidden, "to another port");
  sends(NULL, "0.0.0.0", twin, "to 0.0.0.0 at the twin");
  sends(NULL, "::", twin, "to ::");
  sends("::ffff:0.0.0.0", "::", twin, "to :: from a mapped address");
  sends("::ffff:127.0.0.1", "::ffff:0.0.0.0", twin, "to mapped 0.0.0.0");
  sends(NULL, "::ffff:127.0.0.1", hidden, "to a mapped address");
  listens("127.0.0.1", -1, "without bind");
  listens("0.0.0.0", own, "at 0.0.0.0");
  listens("::", own, "at ::");
  listens("127.0.0.1", secret + 1, "at another port");
  say("resolve", "localhost", net_resolve("localhost", secret, NET_IPV4, found, 4));
  return 0;
}
