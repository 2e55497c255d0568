/* SO_RCVTIMEO and SO_SNDTIMEO end a wait with EAGAIN; poll ends one with 0. Never too early, nor absurdly late. */
#include "say.h"

#include <sys/time.h>

enum { WAIT_MS = 100, LATE_MS = 10000 };

static long long started;

static void say_waited(void) {
  long long waited = now_ms() - started;
  say_whether("waited within bounds", waited >= WAIT_MS - 1 && waited < LATE_MS);
}

static void set_timeout(int fd, int name) {
  struct timeval timeout = {.tv_sec = 0, .tv_usec = WAIT_MS * 1000};
  MUST(setsockopt(fd, SOL_SOCKET, name, &timeout, sizeof timeout));
}

static void options(void) {
  struct timeval timeout = {.tv_sec = 7, .tv_usec = 7};
  socklen_t length = sizeof timeout;
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("getsockopt at first", getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &length));
  printf("%lld s %lld us\n", (long long)timeout.tv_sec, (long long)timeout.tv_usec);
  say_whether("all of it", length == sizeof timeout);
  timeout = (struct timeval){.tv_sec = 2, .tv_usec = 500000};
  say("setsockopt", setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout));
  timeout = (struct timeval){0};
  say("getsockopt", getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, &length));
  printf("%lld s %lld us\n", (long long)timeout.tv_sec, (long long)timeout.tv_usec);
  say("setsockopt, too short", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, 4));
  timeout = (struct timeval){.tv_sec = 0, .tv_usec = 1000000};
  say("a million microseconds", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  timeout = (struct timeval){.tv_sec = 0, .tv_usec = -1};
  say("minus one microsecond", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  close(fd);
}

static void receiving(int client, int server) {
  char text[8];
  set_timeout(server, SO_RCVTIMEO);
  started = now_ms();
  say("recv", recv(server, text, sizeof text, 0));
  say_waited();
  started = now_ms();
  say("read", read(server, text, sizeof text));
  say_waited();
  MUST(send(client, "abc", 3, 0));
  started = now_ms();
  say("MSG_WAITALL of more than came", recv(server, text, 8, MSG_WAITALL));
  say_waited();
  MUST(send(client, "abc", 3, 0));
  say("recv of what came", recv(server, text, sizeof text, 0));
}

static void accepting(void) {
  struct sockaddr_in address;
  int listener = listening(&address);
  set_timeout(listener, SO_RCVTIMEO);
  started = now_ms();
  say_fd("accept", accept(listener, NULL, NULL));
  say_waited();
  close(listener);
  char text[8];
  int datagrams = bound(SOCK_DGRAM, &address);
  set_timeout(datagrams, SO_RCVTIMEO);
  started = now_ms();
  say("recvfrom of a datagram", recvfrom(datagrams, text, sizeof text, 0, NULL, NULL));
  say_waited();
  close(datagrams);
}

static void sending(int client) {
  static char megabyte[1 << 20];
  ssize_t sent;
  set_timeout(client, SO_SNDTIMEO);
  do {
    started = now_ms();
    sent = send(client, megabyte, sizeof megabyte, 0);
  } while (sent > 0);
  say("send when nobody reads", sent);
  say_waited();
}

int main(void) {
  int client, server;
  begin();
  options();
  connected(&client, &server);
  receiving(client, server);
  accepting();
  sending(client);
  struct pollfd quiet = {.fd = server, .events = POLLRDHUP};
  started = now_ms();
  say("poll", poll(&quiet, 1, WAIT_MS));
  say_waited();
  started = now_ms();
  say("poll of nothing", poll(NULL, 0, WAIT_MS));
  say_waited();
  close(client);
  close(server);
  return 0;
}
