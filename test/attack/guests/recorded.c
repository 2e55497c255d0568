/* Asks for a little of all that a recording has: its replay is attacked. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void stream(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 4) != 0) exit(10);
  getsockname(listener, (struct sockaddr *)&at, &length);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(client, (struct sockaddr *)&at, sizeof at) != 0) exit(11);
  int server = accept(listener, (struct sockaddr *)&at, &length);
  char buffer[64];
  send(client, "hello", 5, 0);
  struct pollfd ready[2] = {{.fd = server, .events = POLLIN}, {.fd = client, .events = POLLOUT}};
  poll(ready, 2, 1000);
  ssize_t got = recv(server, buffer, sizeof buffer, 0);
  length = sizeof on;
  getsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, &length);
  getsockopt(client, SOL_SOCKET, SO_ERROR, &on, &length);
  shutdown(client, SHUT_WR);
  while (recv(server, buffer, sizeof buffer, 0) > 0) {
  }
  printf("%d\n", (int)got);
  close(client);
  close(server);
  close(listener);
}

static void datagram(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  bind(fd, (struct sockaddr *)&at, sizeof at);
  getsockname(fd, (struct sockaddr *)&at, &length);
  sendto(fd, "datagram", 8, 0, (struct sockaddr *)&at, sizeof at);
  char buffer[4];
  printf("%d\n", (int)recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&at, &length));
  close(fd);
}

int main(void) {
  stream();
  datagram();
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  write(pair[0], "x", 1);
  char buffer[64];
  read(pair[1], buffer, sizeof buffer);
  gethostname(buffer, sizeof buffer);
  struct addrinfo *found;
  if (getaddrinfo("localhost", "80", NULL, &found) == 0) freeaddrinfo(found);
  printf("%u\n", if_nametoindex("lo"));
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &now);
  getrandom(buffer, 16, 0);
  struct stat stat;
  fstat(0, &stat);
  printf("%d\n", (int)read(0, buffer, sizeof buffer));
  return 7;
}
