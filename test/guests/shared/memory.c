/* Whatever passes through memory, in a memory that threads could share: arguments, files, random bytes, names and sockets. */
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, int holds) { printf("%s: %s\n", what, holds ? "yes" : "no"); }

static int any(const unsigned char *bytes, size_t length) {
  while (length--)
    if (bytes[length]) return 1;
  return 0;
}

static void files(void) {
  static char large[300000];
  char text[64] = "";
  say("mkdir", mkdir("/sub", 0755) == 0);
  int fd = open("/sub/file", O_CREAT | O_RDWR, 0644);
  say("write", write(fd, "in a file", 9) == 9);
  say("pread", pread(fd, text, sizeof text, 3) == 6 && strcmp(text, "a file") == 0);
  memset(large, 'x', sizeof large);
  say("large write", write(fd, large, sizeof large) == sizeof large);
  struct stat status;
  say("stat", stat("/sub/file", &status) == 0 && status.st_size == 300009);
  close(fd);
  say("symlink", symlink("file", "/sub/link") == 0);
  memset(text, 0, sizeof text);
  say("readlink", readlink("/sub/link", text, sizeof text) == 4 && strcmp(text, "file") == 0);
  int names = 0;
  DIR *directory = opendir("/sub");
  while (readdir(directory)) names++;
  closedir(directory);
  say("readdir", names == 4);
  say("rename", rename("/sub/file", "/sub/other") == 0);
  say("unlink", unlink("/sub/other") == 0 && unlink("/sub/link") == 0 && rmdir("/sub") == 0);
}

static void streams(struct sockaddr_in *at) {
  socklen_t length = sizeof *at;
  char text[64] = "";
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  say("bind", bind(listener, (struct sockaddr *)at, sizeof *at) == 0 && listen(listener, 1) == 0);
  say("getsockname", getsockname(listener, (struct sockaddr *)at, &length) == 0 && at->sin_port != 0);
  int client = socket(AF_INET, SOCK_STREAM, 0);
  say("connect", connect(client, (struct sockaddr *)at, sizeof *at) == 0);
  struct sockaddr_in peer;
  length = sizeof peer;
  int server = accept(listener, (struct sockaddr *)&peer, &length);
  say("accept", server >= 0 && peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  say("send", send(client, "over tcp", 8, 0) == 8);
  say("recv", recv(server, text, sizeof text, 0) == 8 && strcmp(text, "over tcp") == 0);
  say("write", write(server, "back", 4) == 4);
  memset(text, 0, sizeof text);
  say("read", read(client, text, sizeof text) == 4 && strcmp(text, "back") == 0);
  struct timeval limit = {3, 500000}, told;
  length = sizeof told;
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  getsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &told, &length);
  say("options", told.tv_sec == 3 && told.tv_usec == 500000);
  close(server);
  close(client);
  close(listener);
}

static void datagrams(struct sockaddr_in *at) {
  socklen_t length = sizeof *at;
  char text[64] = "";
  at->sin_port = 0;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  say("bind", bind(fd, (struct sockaddr *)at, sizeof *at) == 0 && getsockname(fd, (struct sockaddr *)at, &length) == 0);
  say("sendto", sendto(fd, "over udp", 8, 0, (struct sockaddr *)at, sizeof *at) == 8);
  struct sockaddr_in peer;
  length = sizeof peer;
  say("recvfrom", recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&peer, &length) == 8 &&
                      strcmp(text, "over udp") == 0 && peer.sin_port == at->sin_port);
  close(fd);
}

static void local(void) {
  struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "\0posix-wasm shared"};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  say("local", bind(listener, (struct sockaddr *)&at, 20) == 0 && listen(listener, 1) == 0);
  close(listener);
}

int main(int argc, char **argv) {
  say("argument", argc == 2 && strcmp(argv[1], "grüße") == 0);
  say("environment", getenv("SHARED") && strcmp(getenv("SHARED"), "wörter") == 0);
  unsigned char random[256] = {0};
  say("random", getentropy(random, sizeof random) == 0 && any(random, sizeof random));
  struct timespec now;
  say("clock", clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec + now.tv_nsec > 0);
  char line[64] = "";
  say("input", fgets(line, sizeof line, stdin) && strcmp(line, "typed\n") == 0);
  files();
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  say("getaddrinfo", getaddrinfo("localhost", "80", &hints, &found) == 0);
  struct sockaddr_in at = *(struct sockaddr_in *)found->ai_addr;
  char name[64] = "";
  say("getnameinfo", getnameinfo(found->ai_addr, found->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST) == 0 &&
                         strcmp(name, "127.0.0.1") == 0);
  say("gethostname", gethostname(name, sizeof name) == 0 && name[0]);
  at.sin_port = 0;
  streams(&at);
  datagrams(&at);
  local();
  /* A memory that has grown is another one to JavaScript. */
  char *grown = malloc(8 << 20);
  memset(grown, 0, 8 << 20);
  say("after growing", snprintf(grown, 64, "%s", "grown") == 5 && getentropy(grown, 256) == 0 && any((void *)grown, 256));
  return 0;
}
