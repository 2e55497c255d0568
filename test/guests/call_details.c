/* Flags, null pointers, requests of ioctl, and the ends of pairs. */
#include "say.h"
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/un.h>
#ifndef SIOCATMARK
#define SIOCATMARK 0x8905
#endif
#ifndef TIOCOUTQ
#define TIOCOUTQ 0x5411
#endif
#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN 0x20000000
#endif
#ifndef MSG_ERRQUEUE
#define MSG_ERRQUEUE 0x2000
#endif
#ifndef MSG_MORE
#define MSG_MORE 0x8000
#endif
static char text[64];

static void say_text(const char *what, int fd) {
  ssize_t n = recv(fd, text, sizeof text, MSG_DONTWAIT);
  if (n < 0) printf("%s: %s\n", what, errno_name(errno));
  else printf("%s: %.*s\n", what, (int)n, text);
}

static void more(void) {
  puts("-- MSG_MORE");
  struct sockaddr_in here, there;
  int to = bound(SOCK_DGRAM, &here), other = bound(SOCK_DGRAM, &there), from = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  MUST(connect(from, any(&here), sizeof here));
  say("send more", send(from, "one ", 4, MSG_MORE));
  say("send more", send(from, "two ", 4, MSG_MORE));
  say_text("not yet", to);
  say("send", send(from, "three", 5, 0));
  await(to, POLLIN);
  say_text("together", to);
  say_text("no more", to);
  say("sendto more", sendto(from, "a", 1, MSG_MORE, any(&there), sizeof there));
  say("then elsewhere", sendto(from, "b", 1, 0, any(&here), sizeof here));
  await(other, POLLIN);
  say_text("where the first went", other);
  say_text("nothing elsewhere", to);
  int c, s;
  connected(&c, &s);
  say("stream more", send(c, "x", 1, MSG_MORE));
  say("stream", send(c, "y", 1, 0));
  await(s, POLLIN);
  usleep(1000);
  say_text("stream has", s);
}

static void odd_flags(void) {
  puts("-- flags");
  int c, s;
  connected(&c, &s);
  MUST(send(c, "data", 4, 0));
  await(s, POLLIN);
  say("recv MSG_ERRQUEUE", recv(s, text, 4, MSG_ERRQUEUE));
  say("recv MSG_ERRQUEUE|MSG_DONTWAIT", recv(s, text, 4, MSG_ERRQUEUE | MSG_DONTWAIT));
  say_text("the data", s);
  struct sockaddr_in here;
  int u = bound(SOCK_DGRAM, &here), from = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  sendto(from, "data", 4, 0, any(&here), sizeof here);
  await(u, POLLIN);
  say("recv MSG_ERRQUEUE of UDP", recv(u, text, 4, MSG_ERRQUEUE));
  say_text("the datagram", u);
  say("MSG_EOR", send(c, "x", 1, MSG_EOR));
  say("MSG_CONFIRM", send(from, "x", 1, 0x800) < 0 ? -1 : 0);
  say("MSG_OOB of UDP", sendto(from, "x", 1, MSG_OOB, any(&here), sizeof here));
  say("recv MSG_OOB of UDP", recv(u, text, 1, MSG_OOB | MSG_DONTWAIT));
}

static void null(void) {
  puts("-- NULL");
  int c, s;
  connected(&c, &s);
  MUST(send(c, "data", 4, 0));
  await(s, POLLIN);
  say("send NULL", send(c, NULL, 4, 0));
  say("send NULL of 0", send(c, NULL, 0, 0));
  say("recv NULL", recv(s, NULL, 4, 0));
  say("recv NULL of 0", recv(s, NULL, 0, MSG_DONTWAIT));
  struct iovec parts[2] = {{NULL, 4}, {text, 4}};
  parts[0].iov_base = (void *)0xfffffff0;
  parts[0].iov_len = 0;
  say("readv of 0 at a bad address", readv(s, parts, 2));
  parts[0].iov_base = text;
  parts[0].iov_len = (size_t)-1;
  say("readv -1", readv(s, parts, 1));
  say("writev -1", writev(c, parts, 1));
  say("readv of none", readv(s, parts, 0));
  say("readv of -1 parts", readv(s, parts, -1));
  say("readv of 1025 parts", readv(s, parts, 1025));
  struct sockaddr_in here;
  int d = bound(SOCK_DGRAM, &here), from = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  say("sendto NULL", sendto(from, NULL, 4, 0, any(&here), sizeof here));
  say("sendto NULL of 0", sendto(from, NULL, 0, 0, any(&here), sizeof here));
  say("connect NULL", connect(from, NULL, sizeof here));
  say("bind NULL", bind(from, NULL, sizeof here));
  say("sendto an address of NULL", sendto(from, "x", 1, 0, NULL, sizeof here) < 0 ? -1 : 0);
  socklen_t length = sizeof here;
  say("getsockname NULL", getsockname(d, NULL, &length));
  say("getsockname NULL length", getsockname(d, any(&here), NULL));
  struct msghdr m = {.msg_name = &here, .msg_namelen = sizeof here, .msg_iov = NULL, .msg_iovlen = 1};
  say("sendmsg of NULL parts", sendmsg(from, &m, 0));
  m.msg_iovlen = 0;
  say("sendmsg of no parts", sendmsg(from, &m, 0));
  m.msg_name = NULL;
  m.msg_namelen = 16;
  say("sendmsg without name", sendmsg(from, &m, 0));
  say("socketpair NULL", socketpair(AF_UNIX, SOCK_STREAM, 0, NULL));
  say("pipe NULL", pipe(NULL));
}

static void ioctls(void) {
  puts("-- ioctl");
  int c, s, pair[2], value;
  connected(&c, &s);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  struct sockaddr_in here;
  int listener = listening(&here), u = bound(SOCK_DGRAM, &here), fresh = MUST(socket(AF_INET, SOCK_STREAM, 0)), p[2];
  MUST(pipe(p));
  const struct {
    const char *name;
    int fd;
  } all[] = {{"connected", c}, {"pair", pair[0]}, {"listener", listener}, {"udp", u}, {"fresh", fresh}, {"pipe", p[0]}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    value = -1;
    printf("%s: TIOCOUTQ %s", all[i].name, ioctl(all[i].fd, TIOCOUTQ, &value) < 0 ? errno_name(errno) : "0");
    printf(" %d", value);
    value = -1;
    printf(" SIOCATMARK %s", ioctl(all[i].fd, SIOCATMARK, &value) < 0 ? errno_name(errno) : "0");
    printf(" %d", value);
    value = -1;
    printf(" FIONREAD %s", ioctl(all[i].fd, FIONREAD, &value) < 0 ? errno_name(errno) : "0");
    printf(" %d\n", value);
  }
  MUST(send(pair[0], "abc", 3, 0));
  value = -1;
  say("TIOCOUTQ of a pair", ioctl(pair[0], TIOCOUTQ, &value));
  say_whether("some", value > 0);
  MUST(recv(pair[1], text, 3, 0));
  value = -1;
  ioctl(pair[0], TIOCOUTQ, &value);
  printf("then %d\n", value);
}

static void shut(void) {
  puts("-- shutdown");
  int pair[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  MUST(write(pair[1], "left", 4));
  say("SHUT_RD", shutdown(pair[0], SHUT_RD));
  say_ready("then it", pair[0]);
  say_ready("then the other", pair[1]);
  say_text("what was there", pair[0]);
  say_text("and then", pair[0]);
  say("the other sends", send(pair[1], "x", 1, MSG_NOSIGNAL));
  say("it sends", send(pair[0], "y", 1, MSG_NOSIGNAL));
  say_text("the other has", pair[1]);
  close(pair[0]);
  close(pair[1]);
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  say("SHUT_RD of datagrams", shutdown(pair[0], SHUT_RD));
  say("the other sends", send(pair[1], "x", 1, MSG_NOSIGNAL));
  say_text("then", pair[0]);
  say_ready("then it", pair[0]);
  say_ready("then the other", pair[1]);
  close(pair[0]);
  close(pair[1]);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  close(pair[1]);
  say("shutdown after the peer's close", shutdown(pair[0], SHUT_WR));
  say("RD", shutdown(pair[0], SHUT_RD));
  say("RDWR", shutdown(pair[0], SHUT_RDWR));
  close(pair[0]);
  int c, s;
  connected(&c, &s);
  close(s);
  await(c, POLLIN);
  say("TCP after the peer's close", shutdown(c, SHUT_WR));
  say("again", shutdown(c, SHUT_WR) < 0 && errno == ENOTCONN ? 0 : 0);
  connected(&c, &s);
  say("both", shutdown(c, SHUT_RDWR));
  say_text("then recv", c);
  say("then send", send(c, "x", 1, MSG_NOSIGNAL));
  await(s, POLLIN);
  say_text("the other", s);
  connected(&c, &s);
  MUST(write(s, "left", 4));
  await(c, POLLIN);
  say("SHUT_RD of TCP", shutdown(c, SHUT_RD));
  say_ready("then", c);
  say_text("what was there", c);
  say_text("and then", c);
  MUST(write(s, "more", 4));
  usleep(20000);
  say_text("what came later", c);
}

int main(void) {
  begin();
  more();
  odd_flags();
  null();
  ioctls();
  shut();
  return 0;
}
