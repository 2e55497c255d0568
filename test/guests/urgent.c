/* Out-of-band data of TCP: one byte beside the stream, or in it. */
#include "say.h"

static void say_received(const char *what, int fd, int flags) {
  char bytes[16] = "";
  ssize_t count = recv(fd, bytes, sizeof bytes - 1, flags);
  say(what, (int)count);
  if (count > 0) printf("\"%s\"\n", bytes);
}

static void wait_for(int fd, short events) {
  struct pollfd asked = {.fd = fd, .events = events};
  MUST(poll(&asked, 1, 5000));
  printf("poll: %s%s\n", asked.revents & POLLIN ? "POLLIN " : "", asked.revents & POLLPRI ? "POLLPRI" : "");
}

static int client, server;

static void connection(void) {
  struct sockaddr_in address;
  int listener = listening(&address);
  client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(client, any(&address), sizeof address));
  server = MUST(accept(listener, NULL, NULL));
  close(listener);
}

static void beside(void) {
  connection();
  puts("-- beside the stream");
  say_received("none is there", server, MSG_OOB);
  say("send", (int)send(client, "ab", 2, 0));
  say("send with MSG_OOB", (int)send(client, "!", 1, MSG_OOB));
  wait_for(server, POLLPRI);
  say_received("the stream", server, MSG_DONTWAIT);
  say_received("MSG_OOB", server, MSG_OOB);
  say_received("MSG_OOB again", server, MSG_OOB);

  puts("-- of several bytes the last is urgent");
  say("send with MSG_OOB", (int)send(client, "xyz", 3, MSG_OOB));
  wait_for(server, POLLPRI);
  say_received("MSG_OOB", server, MSG_OOB);
  say_received("the stream", server, MSG_DONTWAIT);
}

static void within(void) {
  int on = 1;
  connection();
  puts("-- in the stream");
  MUST(setsockopt(server, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on));
  say("send with MSG_OOB", (int)send(client, "?", 1, MSG_OOB));
  wait_for(server, POLLIN);
  say_received("MSG_OOB", server, MSG_OOB);
  say_received("the stream", server, MSG_DONTWAIT);
}

int main(void) {
  begin();
  beside();
  within();
  return 0;
}
