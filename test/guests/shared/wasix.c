/* What a program of WASIX does before and beside its sockets, with imports of every kind; its memory may be shared. */
#include <stdio.h>
#include "wasix.h"

struct tty {
  uint32_t size[4];
  uint8_t flags[8];
};
struct epoll_event {
  uint32_t events;
  struct {
    uint32_t ptr, fd, data1;
    uint64_t data2;
  } data;
};
_Static_assert(sizeof(struct epoll_event) == 32, "__wasi_epoll_event_t");
WASIX(getcwd, char *path, uint32_t *length);
WASIX(chdir, const char *path, uint32_t length);
WASIX(path_open2, int32_t fd, int32_t lookup, const char *path, uint32_t length, int32_t oflags, int64_t base,
      int64_t inheriting, int32_t fdflags, int32_t fdflagsext, int32_t *opened);
WASIX(fd_fdflags_get, int32_t fd, uint16_t *flags);
WASIX(fd_dup2, int32_t fd, int32_t least, int32_t cloexec, int32_t *result);
WASIX(fd_pipe, int32_t *reader, int32_t *writer);
WASIX(tty_get, struct tty *state);
WASIX(futex_wait, uint32_t *futex, uint32_t expected, const struct wasix_option_timestamp *timeout, uint8_t *woken);
WASIX(proc_signals_sizes_get, uint32_t *count);
WASIX(thread_sleep, int64_t ns);
WASIX(thread_spawn_v2, void *start, uint32_t *tid);
WASIX(sock_pair, int32_t family, int32_t type, int32_t protocol, int32_t *one, int32_t *other);
WASIX(sock_send_file, int32_t fd, int32_t file, int64_t offset, int64_t count, uint64_t *sent);
WASIX(sock_status, int32_t fd, uint8_t *status);
WASIX(epoll_create, int32_t *fd);
WASIX(epoll_ctl, int32_t epfd, int32_t op, int32_t fd, const struct epoll_event *event);
WASIX(epoll_wait, int32_t epfd, struct epoll_event *events, uint32_t most, int64_t timeout, uint32_t *count);
IMPORT("wasix_32v1", "callback_signal") void callback_signal(const char *name, uint32_t length);
IMPORT("wasix_32v1", "proc_exit2") void proc_exit2(int32_t code);

enum { ROOT = 3, CREATE = 1, CLOSE_ON_EXEC = 1, ENOSYS_OF_WASI = 52, UNIX = 3 };

static void say(const char *what, int holds) { printf("%s: %s\n", what, holds ? "yes" : "no"); }

static void start(void) {
  uint32_t count = 9;
  say("signals", wasix_proc_signals_sizes_get(&count) == 0 && count == 0);
  callback_signal("__wasm_signal", 13);
  struct tty tty;
  say("terminal", wasix_tty_get(&tty) == 0 && tty.size[0] > 0 && tty.flags[1] <= 1);
  say("no threads", wasix_thread_spawn_v2(&tty, &count) == ENOSYS_OF_WASI);
  uint8_t woken = 0;
  struct wasix_option_timestamp soon = {1, 1000000};
  say("futex", wasix_futex_wait(&count, count + 1, &soon, &woken) == 0 && woken == 1);
  say("futex in time", wasix_futex_wait(&count, count, &soon, &woken) == 0 && woken == 0);
  say("sleep", wasix_thread_sleep(1000000) == 0);
}

static int files(void) {
  char path[64];
  uint32_t length = sizeof path;
  uint16_t flags = 0;
  int32_t fd = -1;
  say("getcwd", wasix_getcwd(path, &length) == 0 && strcmp(path, "/") == 0 && length == 1);
  __wasi_path_create_directory(ROOT, "sub");
  length = sizeof path;
  say("chdir", wasix_chdir("sub", 3) == 0 && wasix_getcwd(path, &length) == 0 && strcmp(path, "/sub") == 0);
  int64_t rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK;
  say("path_open2", wasix_path_open2(ROOT, 1, "sub/file", 8, CREATE, rights, 0, 0, CLOSE_ON_EXEC, &fd) == 0);
  say("closes on exec", wasix_fd_fdflags_get(fd, &flags) == 0 && flags == 1);
  __wasi_ciovec_t iov = {"in a file", 9};
  __wasi_size_t written = 0;
  say("write", __wasi_fd_write(fd, &iov, 1, &written) == 0 && written == 9);
  return fd;
}

static void descriptors(int file) {
  int32_t one, other, reader, writer, epfd, again;
  uint64_t sent = 0;
  uint8_t status = 9;
  char text[64] = "";
  say("pair", wasix_sock_pair(UNIX, WASIX_STREAM, WASIX_TCP, &one, &other) == 0);
  say("status", wasix_sock_status(one, &status) == 0 && status == 1);
  say("send file", wasix_sock_send_file(one, file, 3, 100, &sent) == 0 && sent == 6);
  say("epoll", wasix_epoll_create(&epfd) == 0);
  struct epoll_event event = {1, {11, 22, 33, 44}}, found[4];
  uint32_t count = 9;
  say("add", wasix_epoll_ctl(epfd, 0, other, &event) == 0);
  say("wait", wasix_epoll_wait(epfd, found, 4, -1, &count) == 0 && count == 1);
  say("event", found[0].events == 1 && found[0].data.fd == 22 && found[0].data.data2 == 44);
  say("recv", net_recv(other, text, sizeof text) == 6 && strcmp(text, "a file") == 0);
  say("nothing", wasix_epoll_wait(epfd, found, 4, 1000000, &count) == 0 && count == 0);
  say("dup2", wasix_fd_dup2(other, 40, 1, &again) == 0 && again == 40);
  say("pipe", wasix_fd_pipe(&reader, &writer) == 0 && reader >= 0 && writer > reader);
}

static void sockets(void) {
  struct net_address at, peer;
  char text[64] = "";
  int listener = net_serve(NET_IPV4);
  say("serve", listener >= 0 && net_local(listener, &at) == 0 && at.port != 0);
  int client = net_dial(&at);
  int server = net_accept(listener, &peer);
  struct net_address mine;
  say("accept", server >= 0 && net_local(client, &mine) == 0 && mine.port == peer.port);
  say("send", net_send(client, "over tcp", 8) == 8);
  say("recv", net_recv(server, text, sizeof text) == 8 && strcmp(text, "over tcp") == 0);
  struct net_address found;
  say("resolve", net_resolve("localhost", 80, NET_IPV4, &found, 1) == 1 && found.bytes[0] == 127);
}

int main(void) {
  start();
  descriptors(files());
  sockets();
  fflush(stdout);
  proc_exit2(7);
}
