/* sendmsg, recvmsg, writev and readv gather and scatter over several parts. */
#include "say.h"

#include <sys/uio.h>

static char a[4], b[8], c[64];

static struct iovec into[3] = {{a, sizeof a}, {b, sizeof b}, {c, sizeof c}};

static void clear(void) {
  memset(a, 0, sizeof a);
  memset(b, 0, sizeof b);
  memset(c, 0, sizeof c);
}

static void say_parts(const char *what, ssize_t count) {
  if (count < 0) return say(what, count);
  printf("%s: %zd \"%.4s\" \"%.8s\" \"%.40s\"\n", what, count, a, b, c);
}

static struct iovec part(const char *text) { return (struct iovec){(void *)(size_t)text, strlen(text)}; }

static void stream(void) {
  int client, server;
  struct sockaddr_in name;
  struct iovec from[4] = {part("one "), part(""), part("two, three, "), part("four")};
  struct msghdr out = {.msg_iov = from, .msg_iovlen = 4};
  struct msghdr in = {.msg_name = &name, .msg_namelen = sizeof name, .msg_iov = into, .msg_iovlen = 3, .msg_flags = -1};
  puts("-- TCP");
  connected(&client, &server);
  say("sendmsg of four parts", sendmsg(client, &out, MSG_NOSIGNAL));
  await(server, POLLIN);
  clear();
  say_parts("MSG_PEEK into three", recvmsg(server, &in, MSG_PEEK));
  printf("name of %u bytes, flags %d\n", (unsigned)in.msg_namelen, in.msg_flags);
  clear();
  say_parts("recvmsg into three", recvmsg(server, &in, 0));
  say("sendmsg of no parts", sendmsg(client, &(struct msghdr){0}, MSG_NOSIGNAL));
  say("writev", writev(client, from, 4));
  clear();
  say_parts("readv", readv(server, into, 3));
  say("writev", writev(client, from, 4));
  in.msg_iovlen = 2;
  clear();
  say_parts("recvmsg into two, MSG_WAITALL", recvmsg(server, &in, MSG_WAITALL));
  clear();
  say_parts("readv of the rest", readv(server, into, 3));
  say_parts("recvmsg, MSG_DONTWAIT", recvmsg(server, &in, MSG_DONTWAIT));
  char control[64];
  in.msg_control = control;
  in.msg_controllen = sizeof control;
  MUST(send(client, "x", 1, 0));
  clear();
  say_parts("recvmsg with room for control", recvmsg(server, &in, 0));
  printf("control of %u bytes\n", (unsigned)in.msg_controllen);
  close(client);
  clear();
  say_parts("recvmsg at the end", recvmsg(server, &in, 0));
  close(server);
}

static void datagrams(void) {
  struct sockaddr_in at_a, at_b, name;
  struct iovec from[3] = {part("one "), part("datagram "), part("of three parts")};
  struct msghdr out = {.msg_name = &at_b, .msg_namelen = sizeof at_b, .msg_iov = from, .msg_iovlen = 3};
  struct msghdr in = {.msg_name = &name, .msg_namelen = sizeof name, .msg_iov = into, .msg_iovlen = 3};
  puts("-- UDP");
  int fd = bound(SOCK_DGRAM, &at_a), other = bound(SOCK_DGRAM, &at_b);
  for (int i = 0; i < 4; i++) say("sendmsg", sendmsg(fd, &out, 0));
  await(other, POLLIN);
  clear();
  say_parts("recvmsg", recvmsg(other, &in, 0));
  printf("flags %d, name of %u bytes\n", in.msg_flags, (unsigned)in.msg_namelen);
  say_whether("it is the sender's", same(name, at_a));
  in.msg_iovlen = 2;
  clear();
  say_parts("recvmsg with too little room", recvmsg(other, &in, 0));
  say_whether("the flags say MSG_TRUNC", in.msg_flags == MSG_TRUNC);
  say_parts("with MSG_TRUNC", recvmsg(other, &in, MSG_TRUNC));
  say_whether("the flags say MSG_TRUNC", in.msg_flags == MSG_TRUNC);
  in.msg_iovlen = 0;
  in.msg_namelen = 4;
  say("recvmsg with no room", recvmsg(other, &in, 0));
  printf("name of %u bytes\n", (unsigned)in.msg_namelen);
  out.msg_name = NULL;
  out.msg_namelen = 0;
  say("sendmsg without a name", sendmsg(fd, &out, 0));
  close(fd);
  close(other);
}

static void too_many(void) {
  static struct iovec many[1025];
  int client, server;
  puts("-- too many");
  connected(&client, &server);
  say("sendmsg of 1025 parts", sendmsg(client, &(struct msghdr){.msg_iov = many, .msg_iovlen = 1025}, 0));
  say("sendmsg of 1024", sendmsg(client, &(struct msghdr){.msg_iov = many, .msg_iovlen = 1024}, 0));
  close(client);
  close(server);
}

int main(void) {
  begin();
  stream();
  datagrams();
  too_many();
  return 0;
}
