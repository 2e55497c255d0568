/* The names of local sockets, and the addresses that recvfrom gives for streams. */
#include "say.h"
#include <sys/un.h>
#include <stddef.h>

static const char *folder;

static void say_name(const char *what, int result, const struct sockaddr_un *name, socklen_t length) {
  if (result < 0) {
    printf("%s: %s\n", what, errno_name(errno));
    return;
  }
  const int size = length - offsetof(struct sockaddr_un, sun_path);
  const char *path = name->sun_path, *base = size > 0 ? strrchr(path, '/') : NULL;
  const char *extent = size <= 0 ? "of a family" : (size_t)size == strlen(path) + 1 ? "with NUL" : "other";
  const char *shown = base ? base : size > 0 ? "other" : "no name";
  printf("%s: length %s, family %d, %s\n", what, extent, name->sun_family, shown);
}

static void name_of(const char *what, int call(int, struct sockaddr *, socklen_t *), int fd) {
  struct sockaddr_un name;
  socklen_t length = sizeof name;
  memset(&name, 0, sizeof name);
  const int result = call(fd, any(&name), &length);
  say_name(what, result, &name, length);
}
#define NAME(call, fd) name_of(#call " " #fd, call, fd)

static struct sockaddr_un at(const char *name) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  snprintf(a.sun_path, sizeof a.sun_path, "%s/%s", folder, name);
  return a;
}

int main(int argc, char **argv) {
  begin();
  if (argc < 2) return 2;
  folder = argv[1];
  struct sockaddr_un one = at("one"), two = at("two"), three = at("three");
  int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  NAME(getsockname, listener);
  MUST(bind(listener, any(&one), sizeof one));
  say("bind again", bind(listener, any(&one), sizeof one));
  say("bind to another", bind(listener, any(&two), sizeof two));
  say("the other is there", access(two.sun_path, F_OK));
  MUST(listen(listener, 5));
  say("bind a listener", bind(listener, any(&three), sizeof three));
  NAME(getsockname, listener);
  NAME(getpeername, listener);
  int client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(connect(client, any(&one), sizeof one));
  struct sockaddr_un peer;
  socklen_t length = sizeof peer;
  memset(&peer, 0, sizeof peer);
  int accepted = MUST(accept(listener, any(&peer), &length));
  say_name("accept", accepted, &peer, length);
  NAME(getsockname, accepted);
  NAME(getpeername, accepted);
  NAME(getsockname, client);
  NAME(getpeername, client);
  int bound_client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(bound_client, any(&three), sizeof three));
  MUST(connect(bound_client, any(&one), sizeof one));
  length = sizeof peer;
  memset(&peer, 0, sizeof peer);
  int other = MUST(accept(listener, any(&peer), &length));
  say_name("accept a bound one", other, &peer, length);
  NAME(getpeername, other);
  NAME(getsockname, bound_client);
  say("bind a connected one", bind(client, any(&two), sizeof two));
  NAME(getsockname, client);
  int refused = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  struct sockaddr_un none = at("none");
  say("connect to nothing", connect(refused, any(&none), sizeof none));
  say("then bind", bind(refused, any(&one), sizeof one));
  int pair[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  NAME(getsockname, pair[0]);
  NAME(getpeername, pair[0]);
  puts("-- addresses of who sent");
  char text[8];
  MUST(write(pair[1], "abc", 3));
  MUST(write(client, "abc", 3));
  memset(&peer, 0, sizeof peer);
  length = sizeof peer;
  say("recvfrom of a pair", recvfrom(pair[0], text, 1, 0, any(&peer), &length));
  printf("length %d\n", (int)length);
  length = sizeof peer;
  say("recvfrom of a local stream", recvfrom(accepted, text, 1, 0, any(&peer), &length));
  printf("length %s\n", length > 2 ? "of a name" : "0");
  length = sizeof peer;
  say("from a bound one", send(bound_client, "abc", 3, 0));
  say("recvfrom", recvfrom(other, text, 1, 0, any(&peer), &length));
  printf("length %s\n", length == 0 ? "0" : length > 2 ? "of a name" : "other");
  int c, s;
  connected(&c, &s);
  struct sockaddr_in in;
  memset(&in, 0, sizeof in);
  MUST(write(c, "abc", 3));
  await(s, POLLIN);
  length = sizeof in;
  say("recvfrom of TCP", recvfrom(s, text, 1, 0, any(&in), &length));
  printf("length %d\n", (int)length);
  length = sizeof in;
  say("and of nothing", recvfrom(s, text, 0, 0, any(&in), &length));
  printf("length %d\n", (int)length);
  struct iovec part = {text, 1};
  struct msghdr m = {.msg_name = &in, .msg_namelen = sizeof in, .msg_iov = &part, .msg_iovlen = 1};
  say("recvmsg of TCP", recvmsg(s, &m, 0));
  printf("length %d\n", (int)m.msg_namelen);
  shutdown(c, SHUT_WR);
  char rest[8];
  while (read(s, rest, 8) > 0);
  length = sizeof in;
  say("recvfrom at the end", recvfrom(s, text, 1, 0, any(&in), &length));
  printf("length %d\n", (int)length);
  length = sizeof in;
  say("recvfrom that fails", recvfrom(c, text, 1, MSG_DONTWAIT, any(&in), &length));
  printf("length %d\n", (int)length);
  close(pair[1]);
  while (read(pair[0], rest, 8) > 0);
  length = sizeof peer;
  say("recvfrom a pair at its end", recvfrom(pair[0], text, 1, 0, any(&peer), &length));
  printf("length %d\n", (int)length);
  return 0;
}
