/* Binds, says so, reads a line from standard input, listens, and echoes one byte to as many callers as it is told, then ends:
 *
 *   bound_server unix PATH COUNT     bound_server tcp 0 COUNT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int isUnix = strcmp(argv[1], "unix") == 0, served = 0;
  struct sockaddr_un path = {.sun_family = AF_UNIX};
  struct sockaddr_in here = {.sin_family = AF_INET};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  strncpy(path.sun_path, argv[2], sizeof path.sun_path - 1);
  struct sockaddr *address = isUnix ? (struct sockaddr *)&path : (struct sockaddr *)&here;
  socklen_t length = isUnix ? sizeof path : sizeof here;
  int fd = socket(isUnix ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  if (bind(fd, address, length) < 0) return perror("bind"), 1;
  if (!isUnix) getsockname(fd, address, &length);
  printf("bound %d\n", isUnix ? 0 : ntohs(here.sin_port));
  fflush(stdout);
  char line[16];
  if (read(0, line, sizeof line) < 0) return perror("read"), 1;
  if (listen(fd, 64) < 0) return perror("listen"), 1;
  printf("listening\n");
  fflush(stdout);
  while (served < atoi(argv[3])) {
    int one = accept(fd, NULL, NULL);
    if (one < 0) return perror("accept"), 1;
    char byte;
    if (recv(one, &byte, 1, 0) == 1 && send(one, &byte, 1, MSG_NOSIGNAL) == 1 && byte == 'e') served++;
    close(one);
  }
  printf("served %d\n", served);
  return 0;
}
