/*
 * Tries to get out of the network rules it runs under, and prints each attempt that was not refused. It may connect to 127.0.0.1 at one
 * port and at one where nobody listens, send datagrams there at another, and listen there at another; nothing else. Its arguments: these
 * four ports, the two that nobody may reach, for streams and for datagrams, and a folder in whose folder `own` local sockets are allowed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int attempts, refused;
static in_port_t may_connect, dead, may_send, may_listen, secret, secret_udp;

static int not_refused(const char *what, const char *where) {
  printf("%s %s: not refused\n", what, where);
  return 0;
}

static void must_fail(const char *what, const char *where, long result) {
  attempts++;
  if (result < 0) refused++;
  else not_refused(what, where);
}

static struct sockaddr_in four(const char *host, in_port_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

static struct sockaddr_in6 six(const char *host, in_port_t port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(AF_INET6, host, &address.sin6_addr);
  return address;
}

static int connect_four(int fd, const char *host, in_port_t port) {
  const struct sockaddr_in to = four(host, port);
  return connect(fd, (const struct sockaddr *)&to, sizeof to);
}

static int bind_four(int fd, const char *host, in_port_t port) {
  const struct sockaddr_in to = four(host, port);
  return bind(fd, (const struct sockaddr *)&to, sizeof to);
}

static long send_four(int fd, const char *host, in_port_t port) {
  const struct sockaddr_in to = four(host, port);
  return sendto(fd, "escaped", 7, 0, (const struct sockaddr *)&to, sizeof to);
}

/* Where nothing is refused, nobody may answer. */
static int streams(int family) {
  const struct timeval second = {1, 0};
  const int fd = socket(family, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  return fd;
}

static int stream(void) { return streams(AF_INET); }
static int datagrams(void) { return socket(AF_INET, SOCK_DGRAM, 0); }

/* Each address that is this host, and some that are not. */
static void other_addresses(void) {
  static const char *const fours[] = {"127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "224.0.0.1", "255.255.255.255"};
  static const char *const sixes[] = {"::1", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::127.0.0.1", "64:ff9b::7f00:1",
                                      "2002:7f00:1::1", "::ffff:0:127.0.0.1", "fe80::1", "ff02::1"};
  for (size_t i = 0; i < sizeof fours / sizeof *fours; i++) {
    for (int blocking = 0; blocking < 2; blocking++) {
      int fd = stream();
      if (!blocking) fcntl(fd, F_SETFL, O_NONBLOCK);
      must_fail("connect", fours[i], connect_four(fd, fours[i], secret));
      if (errno == EINPROGRESS) not_refused("connect in progress", fours[i]);
      must_fail("connect again", fours[i], connect_four(fd, fours[i], secret));
      must_fail("send", fours[i], send(fd, "escaped", 7, 0));
      close(fd);
      fd = datagrams();
      must_fail("sendto", fours[i], send_four(fd, fours[i], secret_udp));
      must_fail("connect a datagram socket", fours[i], connect_four(fd, fours[i], secret_udp));
      must_fail("send", fours[i], send(fd, "escaped", 7, 0));
      close(fd);
    }
  }
  for (size_t i = 0; i < sizeof sixes / sizeof *sixes; i++) {
    const struct sockaddr_in6 to = six(sixes[i], secret), to_udp = six(sixes[i], secret_udp);
    int fd = streams(AF_INET6);
    must_fail("connect", sixes[i], connect(fd, (const struct sockaddr *)&to, sizeof to));
    close(fd);
    fd = socket(AF_INET6, SOCK_DGRAM, 0);
    must_fail("sendto", sixes[i], sendto(fd, "escaped", 7, 0, (const struct sockaddr *)&to_udp, sizeof to_udp));
    close(fd);
  }
}

/* What one address is allowed must not count for another. */
static void allowed_first(void) {
  int fd = stream();
  if (connect_four(fd, "127.0.0.1", may_connect) != 0) perror("connect to the allowed port");
  must_fail("connect a connected socket to", "another", connect_four(fd, "127.0.0.1", secret));
  const struct sockaddr_in away = four("127.0.0.1", secret);
  sendto(fd, "own", 3, 0, (const struct sockaddr *)&away, sizeof away); /* goes to whom it is connected to */
  const struct sockaddr none = {.sa_family = AF_UNSPEC};
  connect(fd, &none, sizeof none);
  must_fail("after AF_UNSPEC connect to", "another", connect_four(fd, "127.0.0.1", secret));
  close(fd);

  fd = datagrams();
  const int copy = dup(fd);
  if (connect_four(fd, "127.0.0.1", may_send) != 0) perror("connect a datagram socket to the allowed port");
  if (send(fd, "own", 3, 0) != 3 || send_four(fd, "127.0.0.1", may_send) != 7) perror("send to the allowed port");
  must_fail("on a connected socket sendto", "another", send_four(fd, "127.0.0.1", secret_udp));
  must_fail("by another descriptor sendto", "another", send_four(copy, "127.0.0.1", secret_udp));
  struct sockaddr_in to = four("127.0.0.1", secret_udp);
  struct iovec data = {"escaped", 7};
  struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data, .msg_iovlen = 1};
  must_fail("sendmsg", "another", sendmsg(fd, &message, 0));
  must_fail("connect again to", "another", connect_four(fd, "127.0.0.1", secret_udp));
  connect(fd, &none, sizeof none);
  must_fail("after AF_UNSPEC sendto", "another", send_four(fd, "127.0.0.1", secret_udp));
  struct ip_mreq group = {.imr_interface.s_addr = htonl(INADDR_ANY)};
  inet_pton(AF_INET, "224.0.0.251", &group.imr_multiaddr);
  must_fail("join", "a group", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
  close(fd);
}

static void listening(void) {
  int fd = stream();
  must_fail("listen", "without bind", listen(fd, 1));
  must_fail("bind", "every address", bind_four(fd, "0.0.0.0", may_listen));
  must_fail("bind", "another port", bind_four(fd, "127.0.0.1", secret + 1));
  must_fail("bind", "any port", bind_four(fd, "127.0.0.1", 0));
  must_fail("listen after bind to", "what was refused", listen(fd, 1));
  if (bind_four(fd, "127.0.0.1", may_listen) != 0) perror("bind to the allowed port");
  must_fail("connect a bound socket to", "another", connect_four(fd, "127.0.0.1", secret));
  must_fail("bind again", "every address", bind_four(fd, "0.0.0.0", 0));
  if (listen(fd, 1) != 0) perror("listen at the allowed port");
  struct sockaddr_in own = {0};
  socklen_t length = sizeof own;
  getsockname(fd, (struct sockaddr *)&own, &length);
  must_fail("listen at", "another address", own.sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? -1 : 0);
  shutdown(fd, SHUT_RDWR);
  must_fail("listen again", "after shutdown", listen(fd, 1));
  close(fd);

  /* A connection that fails leaves a socket without its address, and listening would be everywhere. */
  fd = stream();
  if (bind_four(fd, "127.0.0.1", may_listen) != 0) perror("bind to the allowed port again");
  must_fail("connect to", "the allowed port where nobody listens", connect_four(fd, "127.0.0.1", dead));
  must_fail("listen", "after connect", listen(fd, 1));
  close(fd);

  fd = socket(AF_INET6, SOCK_STREAM, 0);
  must_fail("listen with IPv6", "without bind", listen(fd, 1));
  const struct sockaddr_in6 all = six("::", may_listen);
  must_fail("bind", "::", bind(fd, (const struct sockaddr *)&all, sizeof all));
  close(fd);

  fd = datagrams();
  must_fail("bind datagrams to", "every address", bind_four(fd, "0.0.0.0", secret_udp + 1));
  close(fd);
}

static void names(void) {
  static const char *const hosts[] = {"localhost", "LOCALHOST", "localhost."};
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    must_fail("getaddrinfo", hosts[i], getaddrinfo(hosts[i], "80", &hints, &found) == 0 ? 0 : -1);
    must_fail("gethostbyname", hosts[i], gethostbyname(hosts[i]) != NULL ? 0 : -1);
  }
  static const char *const numbers[] = {"2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.0.0.01", "::ffff:7f00:1"};
  char port[8];
  snprintf(port, sizeof port, "%d", secret);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (getaddrinfo(numbers[i], port, &hints, &found) != 0) continue;
    const int fd = socket(found->ai_family, SOCK_STREAM, 0);
    must_fail("connect to the number", numbers[i], connect(fd, found->ai_addr, found->ai_addrlen));
    close(fd);
    freeaddrinfo(found);
  }
  const struct sockaddr_in address = four("127.0.0.1", 0);
  char name[256];
  must_fail("getnameinfo", "127.0.0.1",
            getnameinfo((const struct sockaddr *)&address, sizeof address, name, sizeof name, NULL, 0, NI_NAMEREQD) == 0 ? 0 : -1);
}

static void local_socket(const char *folder, const char *path, size_t abstract) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *up = *path == '~' ? "../../../../../.." : ""; /* a relative path, from wherever the host is */
  snprintf(address.sun_path + abstract, sizeof address.sun_path - abstract, "%s%s%s", up, abstract ? "" : folder, path + (*up == '.'));
  const socklen_t length = offsetof(struct sockaddr_un, sun_path) + abstract + strlen(address.sun_path + abstract);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  must_fail("connect to the path", path, connect(fd, (const struct sockaddr *)&address, length));
  close(fd);
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  must_fail("bind to the path", path, bind(fd, (const struct sockaddr *)&address, length));
  close(fd);
}

int main(int count, char **args) {
  if (count != 8) return 2;
  may_connect = atoi(args[1]);
  dead = atoi(args[2]);
  may_send = atoi(args[3]);
  may_listen = atoi(args[4]);
  secret = atoi(args[5]);
  secret_udp = atoi(args[6]);
  other_addresses();
  allowed_first();
  listening();
  names();
  static const char *const paths[] = {"/secret", "/own/../secret", "/own/./../secret", "//secret", "/own/link", "~/secret", "/own", "/own-secret"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) local_socket(args[7], paths[i], 0);
  local_socket(args[7], "secret", 1);
  printf("%d attempts, %d not refused\n", attempts, attempts - refused);
  return 0;
}
