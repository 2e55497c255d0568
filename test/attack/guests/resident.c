/* Has a connection, a file, a pipe and variables of its own, and finds them as they were once its input has ended. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(const char *what, int holds) {
  printf("%s %s\n", what, holds ? "holds" : "IS BROKEN");
  return holds ? 0 : 1;
}

int main(int argc, char **argv) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  char buffer[64] = {0};
  int broken = 0, ends[2];
  (void)argc;
  inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
  int peer = socket(AF_INET, SOCK_STREAM, 0);
  broken += check("connect", connect(peer, (struct sockaddr *)&server, sizeof server) == 0);
  int file = open("/secret", O_RDWR | O_CREAT, 0600);
  broken += check("file", file >= 0 && write(file, "a secret", 8) == 8);
  broken += check("pipe", pipe(ends) == 0 && write(ends[1], "piped", 5) == 5);
  printf("ready\n");
  fflush(stdout);
  while (read(0, buffer, sizeof buffer) > 0)
    ;
  broken += check("variable", getenv("SECRET") != NULL && strcmp(getenv("SECRET"), "of the resident") == 0);
  broken += check("sending", send(peer, "hello", 5, 0) == 5);
  broken += check("receiving", recv(peer, buffer, 5, MSG_WAITALL) == 5 && memcmp(buffer, "hello", 5) == 0);
  broken += check("file again", lseek(file, 0, SEEK_SET) == 0 && read(file, buffer, 8) == 8 && memcmp(buffer, "a secret", 8) == 0);
  broken += check("pipe again", read(ends[0], buffer, 5) == 5 && memcmp(buffer, "piped", 5) == 0);
  return broken;
}
