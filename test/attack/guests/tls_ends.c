/* Makes connections, begins TLS on each, and ends each in the way that its argument says:
 *
 *   tls_ends client PORT COUNT HOW…     calls 127.0.0.1:PORT
 *   tls_ends server PORT COUNT HOW…     listens, at any port for 0, and prints "port N"
 *
 * For each HOW it prints how many of COUNT connections it has ended so. HOW is a word of letters, done in this order once the peer's first bytes have come:
 *
 *   w  send until there is no room    r  read one byte     s  shutdown(SHUT_WR)    b  shutdown(SHUT_RDWR)
 *   l  SO_LINGER 0                    u  sleep for 20 ms   c  close                h  wait for ever
 *   p  plain text first: "STARTTLS" is sent, one byte awaited, then TLS begins (given anywhere)
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../c/posix_sockets.h"

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void fill(int fd) {
  static char data[65536];
  fcntl(fd, F_SETFL, O_NONBLOCK);
  for (int tries = 0; tries < 40; tries++)
    if (send(fd, data, sizeof data, MSG_NOSIGNAL) <= 0) usleep(100);
  fcntl(fd, F_SETFL, 0);
}

static int end(int fd, const char *how) {
  struct linger none = {1, 0};
  char byte;
  for (; *how; how++) {
    if (*how == 'w') fill(fd);
    else if (*how == 'r' && recv(fd, &byte, 1, 0) < 0) perror("recv");
    else if (*how == 's') shutdown(fd, SHUT_WR);
    else if (*how == 'b') shutdown(fd, SHUT_RDWR);
    else if (*how == 'l') setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    else if (*how == 'u') usleep(20000);
    else if (*how == 'c') return close(fd);
    else if (*how == 'h') poll(NULL, 0, -1);
  }
  return 0;
}

static int serve(int fd, int isClient, const char *how) {
  char byte;
  if (strchr(how, 'p') != NULL) {
    if (isClient) send(fd, "STARTTLS\n", 9, 0);
    else send(fd, "2", 1, 0);
    if (recv(fd, &byte, 1, 0) != 1) return -1;
  }
  int result = wasm_sock_starttls(fd, isClient ? "localhost" : NULL, isClient ? 0 : WASM_TLS_SERVER);
  if (result < 0) return close(fd), -1; /* the peer has reset it before */
  struct pollfd one = {.fd = fd, .events = POLLIN};
  poll(&one, 1, 10000);
  return end(fd, how);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int isClient = strcmp(argv[1], "client") == 0, count = atoi(argv[3]);
  int listener = -1;
  struct sockaddr_in address = loopback(atoi(argv[2]));
  if (!isClient) {
    listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 64);
    getsockname(listener, (struct sockaddr *)&address, &(socklen_t){sizeof address});
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
  }
  for (int at = 4; at < argc; at++) {
    int done = 0;
    for (int round = 0; round < count; round++) {
      int fd = isClient ? socket(AF_INET, SOCK_STREAM, 0) : accept(listener, NULL, NULL);
      if (isClient && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return perror("connect"), 1;
      if (serve(fd, isClient, argv[at]) == 0) done++;
    }
    printf("%s: %d of %d\n", argv[at], done, count);
    fflush(stdout);
  }
  return 0;
}
