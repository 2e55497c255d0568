/* Standard input beside sockets, in poll, select and epoll. It is a pipe in any case: what the program was given is put
 * aside. */
#include "say.h"

#include <sys/epoll.h>
#include <sys/select.h>

static char text[64];
static int writer, client, server;

static void say_poll(const char *what) {
  struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = server, .events = POLLIN}};
  int count = poll(fds, 2, 0);
  printf("%s: poll %d, stdin %s,", what, count, events_name(fds[0].revents));
  printf(" socket %s\n", events_name(fds[1].revents));
}

static void say_select(const char *what) {
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(STDIN_FILENO, &reads);
  FD_SET(server, &reads);
  int count = select(server + 1, &reads, NULL, NULL, &(struct timeval){0, 0});
  printf("%s: select %d, stdin %d, socket %d\n", what, count, FD_ISSET(STDIN_FILENO, &reads), FD_ISSET(server, &reads));
}

static void say_epoll(const char *what, int epoll) {
  struct epoll_event events[2];
  int count = epoll_wait(epoll, events, 2, 0), in = 0, socket = 0;
  for (int i = 0; i < count; i++) *(events[i].data.fd == STDIN_FILENO ? &in : &socket) = (int)events[i].events;
  printf("%s: epoll %d, stdin %s,", what, count, events_name(in));
  printf(" socket %s\n", events_name(socket));
}

int main(void) {
  int ends[2], epoll = MUST(epoll_create1(0));
  begin();
  MUST(pipe(ends));
  MUST(dup2(ends[0], STDIN_FILENO));
  MUST(close(ends[0]));
  writer = ends[1];
  connected(&client, &server);
  MUST(
      epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &(struct epoll_event){.events = EPOLLIN, .data.fd = STDIN_FILENO}));
  MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, server, &(struct epoll_event){.events = EPOLLIN, .data.fd = server}));
#define SAY(what) (say_poll(what), say_select(what), say_epoll(what, epoll))
  SAY("nothing came");
  MUST(send(client, "x", 1, 0));
  await(server, POLLIN);
  SAY("the socket has data");
  MUST(write(writer, "typed\n", 6));
  SAY("stdin too");
  MUST(recv(server, text, sizeof text, 0));
  SAY("only stdin");
  say("read", read(STDIN_FILENO, text, sizeof text));
  SAY("all is read");
  MUST(close(writer));
  SAY("stdin ended");
  say("read", read(STDIN_FILENO, text, sizeof text));
  MUST(close(client));
  await(server, POLLIN);
  SAY("both ended");
  return 0;
}
