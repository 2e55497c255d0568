/* epoll: levels, edges, one shot, changes, and what becomes of descriptors that are closed or duplicated. */
#include "say.h"

#include <sys/epoll.h>

static char text[64];

/* What is ready within `timeout`, by the number kept beside each descriptor. */
static void say_wait(const char *what, int epoll, int timeout) {
  struct epoll_event events[8];
  int count = epoll_wait(epoll, events, 8, timeout);
  printf("%s:", what);
  if (count < 0) printf(" %s", errno_name(errno));
  if (count == 0) printf(" nothing");
  for (unsigned long long key = 0; key < 16; key++)
    for (int i = 0; i < count; i++)
      if (events[i].data.u64 == key) printf(" %llu=%s", key, events_name((int)events[i].events));
  puts("");
}

static int control(int epoll, int operation, int fd, unsigned events, unsigned long long key) {
  struct epoll_event event = {.events = events, .data.u64 = key};
  return epoll_ctl(epoll, operation, fd, &event);
}

static void levels(void) {
  int epoll = MUST(epoll_create1(EPOLL_CLOEXEC)), client, server;
  puts("-- levels");
  connected(&client, &server);
  say_wait("nothing is watched", epoll, 0);
  say("add, EPOLLIN", control(epoll, EPOLL_CTL_ADD, server, EPOLLIN, 1));
  say_wait("nothing came", epoll, 0);
  say_wait("20 ms later", epoll, 20);
  MUST(send(client, "data", 4, 0));
  say_wait("data", epoll, -1);
  say_wait("it stays", epoll, 0);
  MUST(recv(server, text, 2, 0));
  say_wait("half is read", epoll, 0);
  MUST(recv(server, text, sizeof text, 0));
  say_wait("all is read", epoll, 0);
  say("mod, EPOLLIN and EPOLLOUT, another number", control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLOUT, 2));
  say_wait("writable", epoll, -1);
  say("add, the client", control(epoll, EPOLL_CTL_ADD, client, EPOLLIN | EPOLLRDHUP, 3));
  MUST(send(server, "x", 1, 0));
  await(client, POLLIN);
  say_wait("both", epoll, -1);
  say("mod, no events", control(epoll, EPOLL_CTL_MOD, server, 0, 2));
  say_wait("the client", epoll, -1);
  close(client);
  await(server, POLLRDHUP);
  say_wait("closed descriptors go by themselves; errors and hang-ups are always told", epoll, 0);
  say("del", epoll_ctl(epoll, EPOLL_CTL_DEL, server, NULL));
  say_wait("nothing is watched", epoll, 0);
  close(server);
  close(epoll);
}

static void edges(void) {
  int epoll = MUST(epoll_create1(0)), client, server;
  puts("-- edges");
  connected(&client, &server);
  say("add, EPOLLET", control(epoll, EPOLL_CTL_ADD, server, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, 1));
  say_wait("at first", epoll, -1);
  say_wait("told once", epoll, 20);
  MUST(send(client, "one", 3, 0));
  await(server, POLLIN);
  say_wait("data", epoll, -1);
  say_wait("told once", epoll, 20);
  MUST(recv(server, text, 1, 0));
  say_wait("reading a part tells nothing", epoll, 20);
  MUST(send(client, "two", 3, 0));
  say_wait("more data", epoll, -1);
  say("mod arms it anew", control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLET, 1));
  say_wait("what is unread is told", epoll, 20);
  say_wait("once", epoll, 20);
  MUST(recv(server, text, sizeof text, 0));
  MUST(send(client, "three", 5, 0));
  say_wait("data after all was read", epoll, -1);
  MUST(shutdown(client, SHUT_WR));
  await(server, POLLRDHUP);
  say_wait("the end", epoll, -1);
  say_wait("told once", epoll, 20);
  close(client);
  close(server);
  close(epoll);
}

static void one_shot(void) {
  int epoll = MUST(epoll_create(1)), client, server;
  puts("-- one shot");
  connected(&client, &server);
  MUST(send(client, "data", 4, 0));
  await(server, POLLIN);
  say("add", control(epoll, EPOLL_CTL_ADD, server, EPOLLIN | EPOLLONESHOT, 1));
  say_wait("once", epoll, -1);
  say_wait("then no more", epoll, 20);
  MUST(send(client, "more", 4, 0));
  say_wait("nor for new data", epoll, 20);
  say("add again", control(epoll, EPOLL_CTL_ADD, server, EPOLLIN | EPOLLONESHOT, 1));
  say("mod", control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLONESHOT, 2));
  say_wait("once", epoll, -1);
  say_wait("then no more", epoll, 20);
  close(client);
  close(server);
  close(epoll);
}

static void copies(void) {
  int epoll = MUST(epoll_create1(0)), client, server;
  puts("-- copies");
  connected(&client, &server);
  int copy = MUST(dup(server));
  say("add", control(epoll, EPOLL_CTL_ADD, server, EPOLLIN, 1));
  say("add of a copy", control(epoll, EPOLL_CTL_ADD, copy, EPOLLIN, 2));
  MUST(send(client, "x", 1, 0));
  await(server, POLLIN);
  say_wait("both", epoll, -1);
  say("del of the copy", control(epoll, EPOLL_CTL_DEL, copy, 0, 0));
  say_wait("the first", epoll, -1);
  say("close of the first", close(server));
  say_wait("it is watched as long as the copy is open", epoll, 0);
  say("mod by the closed number", control(epoll, EPOLL_CTL_MOD, server, 0, 1));
  say("close of the copy", close(copy));
  say_wait("now it is gone", epoll, 0);
  int other = MUST(dup(epoll));
  await(client, 0);
  say("add by a copy of the epoll descriptor", control(other, EPOLL_CTL_ADD, client, EPOLLOUT | EPOLLET, 3));
  say_wait("told by the first", epoll, -1);
  say_wait("so not by the other", other, 0);
  close(other);
  close(epoll);
  close(client);
}

static void nested(void) {
  int outer = MUST(epoll_create1(0)), inner = MUST(epoll_create1(0)), ends[2];
  puts("-- pipes, and epoll in epoll and in poll");
  MUST(pipe(ends));
  say("add of the reader", control(inner, EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
  say("add of epoll", control(outer, EPOLL_CTL_ADD, inner, EPOLLIN, 2));
  say_wait("nothing", outer, 0);
  say_ready("poll of epoll", inner);
  MUST(write(ends[1], "x", 1));
  say_wait("outer", outer, -1);
  say_ready("poll of epoll", inner);
  say_wait("inner", inner, -1);
  MUST(read(ends[0], text, 1));
  say_ready("poll of epoll", inner);
  say_wait("outer", outer, 0);
  MUST(close(ends[1]));
  say_wait("the writer is gone", inner, -1);
  say("epoll in itself", control(inner, EPOLL_CTL_ADD, inner, EPOLLIN, 3));
  say("a circle", control(inner, EPOLL_CTL_ADD, outer, EPOLLIN, 3));
  close(ends[0]);
  close(inner);
  close(outer);
}

static void refused(void) {
  int epoll = MUST(epoll_create1(0)), fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  struct epoll_event event;
  int other = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  puts("-- refused");
  say("epoll_create(0)", epoll_create(0));
  say("epoll_create1(1)", epoll_create1(1));
  say("add of a closed one", control(epoll, EPOLL_CTL_ADD, 99, EPOLLIN, 1));
  say("add", control(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, 1));
  say("add again", control(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, 1));
  say("mod of what is not there", control(epoll, EPOLL_CTL_MOD, other, EPOLLIN, 1));
  say("del of what is not there", control(epoll, EPOLL_CTL_DEL, other, 0, 1));
  say("an unknown operation", control(epoll, 9, fd, EPOLLIN, 1));
  say("no epoll", control(fd, EPOLL_CTL_ADD, epoll, EPOLLIN, 1));
  say("a closed epoll", control(99, EPOLL_CTL_ADD, fd, EPOLLIN, 1));
  say("no event", epoll_ctl(epoll, EPOLL_CTL_MOD, fd, NULL));
  say("wait for none", epoll_wait(epoll, &event, 0, 0));
  say("wait for -1", epoll_wait(epoll, &event, -1, 0));
  say("wait on a socket", epoll_wait(fd, &event, 1, 0));
  say("wait on a closed one", epoll_wait(99, &event, 1, 0));
  say("read", read(epoll, text, 1));
  say("write", write(epoll, text, 1));
  say("recv", recv(epoll, text, 1, 0));
  say_wait("a socket that is not connected", epoll, 0);
  close(other);
  close(fd);
  say("close", close(epoll));
  say("close again", close(epoll));
}

/* More are ready than asked for: each gets its turn. */
static void turns(void) {
  int epoll = MUST(epoll_create1(0)), pairs[6][2], seen[6] = {0}, total = 0;
  struct epoll_event events[2];
  puts("-- turns");
  for (int i = 0; i < 6; i++) {
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
    MUST(control(epoll, EPOLL_CTL_ADD, pairs[i][0], EPOLLOUT, (unsigned)i));
  }
  for (int round = 0; round < 3; round++) {
    int count = MUST(epoll_wait(epoll, events, 2, -1));
    for (int i = 0; i < count; i++) seen[events[i].data.u32]++;
  }
  for (int i = 0; i < 6; i++) total += seen[i] == 1;
  printf("seen once: %d of 6\n", total);
  for (int i = 0; i < 6; i++) {
    close(pairs[i][0]);
    close(pairs[i][1]);
  }
  close(epoll);
}

int main(void) {
  begin();
  levels();
  edges();
  one_shot();
  copies();
  nested();
  refused();
  turns();
  return 0;
}
