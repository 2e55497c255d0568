/* Calls by texts that a terminal obeys, or that are not read in the order in which they stand. */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const texts[] = {
    "\x1b[2J",      "\x1b]0;title\x07", "\xc2\x9b" "31m", "\xc2\x90q",      "\x7f",           "a\r\nposix-wasm: forged",
    "\xe2\x80\xae", "\xe2\x81\xa6",     "\xe2\x80\x8f",   "\xd8\x9c",        "\xe2\x80\xa8",   "\xe2\x80\xa9",
    "\xf3\xa0\x81\x81", "\xff\xfe",     "\x9b" "31m",     "\xed\xa0\x80",
};

static void by(const char *text) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  snprintf(at.sun_path, sizeof at.sun_path, "/tmp/%s/none", text);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(fd, (struct sockaddr *)&at, sizeof at);
  connect(fd, (struct sockaddr *)&at, sizeof at);
  snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "%s", text);
  at.sun_path[0] = 0;
  bind(fd, (struct sockaddr *)&at, sizeof at);
  listen(fd, 1);
  struct addrinfo *found;
  if (getaddrinfo(text, text, NULL, &found) == 0) freeaddrinfo(found);
  char name[128];
  snprintf(name, sizeof name, "%s.test", text);
  if (getaddrinfo(name, "80", NULL, &found) == 0) freeaddrinfo(found);
  int stream = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(stream, SOL_SOCKET, 25, text, strlen(text)); /* SO_BINDTODEVICE */
  setsockopt(stream, IPPROTO_TCP, 13, text, strlen(text)); /* TCP_CONGESTION */
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
    char data[64];
    send(pair[0], text, strlen(text), 0);
    recv(pair[1], data, sizeof data, 0);
    close(pair[0]);
    close(pair[1]);
  }
  FILE *file = fopen(text, "r");
  if (file != NULL) fclose(file);
  close(stream); /* the bound one stays open, for the table of figures */
}

int main(void) {
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) by(texts[i]);
  puts("done");
  return 0;
}
