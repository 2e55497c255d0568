/* Stream sockets with a path: bound, connected, refused, unlinked. The first argument is a folder to put them in. */
#include "say.h"

#include <stddef.h>
#include <sys/un.h>

static struct sockaddr_un path_in(const char *folder, const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name) >= (int)sizeof address.sun_path) exit(2);
  return address;
}

static int fresh(void) { return MUST(socket(AF_UNIX, SOCK_STREAM, 0)); }

/* How an address compares with the one bound to. An unnamed socket's has only the family. */
static void say_address(const char *what, struct sockaddr_un address, socklen_t length, struct sockaddr_un bound_to) {
  size_t path = length - offsetof(struct sockaddr_un, sun_path);
  if (length == sizeof(sa_family_t)) {
    printf("%s: family %d, unnamed\n", what, address.sun_family);
  } else {
    printf("%s: family %d, the path: %s, its length with the NUL: %s\n", what, address.sun_family,
           strcmp(address.sun_path, bound_to.sun_path) == 0 ? "yes" : "no",
           path == strlen(bound_to.sun_path) + 1 ? "yes" : "no");
  }
}

static void exchange(struct sockaddr_un address) {
  struct sockaddr_un told;
  socklen_t length = sizeof told;
  char text[16];
  int listener = fresh(), client = fresh();
  say("connect before bind", connect(client, any(&address), sizeof address));
  MUST(getsockname(listener, any(&told), &length));
  say_address("fresh", told, length, address);
  say("bind", bind(listener, any(&address), sizeof address));
  length = sizeof told;
  MUST(getsockname(listener, any(&told), &length));
  say_address("bound", told, length, address);
  say("connect before listen", connect(client, any(&address), sizeof address));
  say("bind of another", bind(client, any(&address), sizeof address));
  say_ready("the client", client);
  say("listen", listen(listener, 4));
  say("connect", connect(client, any(&address), sizeof address));
  say_ready("the listener", listener);
  length = sizeof told;
  int server = say_fd("accept", accept(listener, any(&told), &length));
  say_address("from", told, length, address);
  length = sizeof told;
  MUST(getpeername(client, any(&told), &length));
  say_address("the client's peer", told, length, address);
  say("send", send(client, "by path", 7, 0));
  await(server, POLLIN);
  say("recv", recv(server, text, sizeof text, 0));
  say("close of the server", close(server));
  await(client, POLLRDHUP);
  say_ready("the client", client);
  say("recv", recv(client, text, sizeof text, 0));
  say("send", send(client, "x", 1, MSG_NOSIGNAL));
  close(client);
  say("close of the listener", close(listener));
}

static void afterwards(struct sockaddr_un address) {
  int fd = fresh();
  say("connect when nobody listens", connect(fd, any(&address), sizeof address));
  say("bind where the file is left", bind(fd, any(&address), sizeof address));
  say("unlink", unlink(address.sun_path));
  say("connect", connect(fd, any(&address), sizeof address));
  say("bind", bind(fd, any(&address), sizeof address));
  say("bind again", bind(fd, any(&address), sizeof address));
  MUST(listen(fd, 4));
  int client = fresh();
  say("unlink while it listens", unlink(address.sun_path));
  say("connect", connect(client, any(&address), sizeof address));
  close(fd);
  close(client);
}

static void refused(const char *folder) {
  struct sockaddr_un address = path_in(folder, "missing/socket");
  struct sockaddr_in four = loopback(0);
  char long_address[200] = {AF_UNIX};
  int fd = fresh();
  say("bind in a folder that is not", bind(fd, any(&address), sizeof address));
  say("connect there", connect(fd, any(&address), sizeof address));
  say("bind, address too long", bind(fd, any(long_address), sizeof long_address));
  say("bind, address too short", bind(fd, any(&address), 1));
  say("bind to an address of IPv4", bind(fd, any(&four), sizeof four));
  say("connect to one", connect(fd, any(&four), sizeof four));
  say("listen without bind", listen(fd, 1));
  close(fd);
}

int main(int argc, char **argv) {
  begin();
  if (argc < 2) return puts("usage: unix_stream folder"), 2;
  struct sockaddr_un address = path_in(argv[1], "socket");
  unlink(address.sun_path);
  exchange(address);
  afterwards(address);
  refused(argv[1]);
  return 0;
}
