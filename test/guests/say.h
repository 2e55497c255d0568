/* What the programs here share: words for results, and the setting up that a program is not about. Included first. */
#ifndef SAY_H
#define SAY_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* POLLRDHUP, accept4 */
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define UNUSED_OK __attribute__((unused))

/* A write to a closed peer must not end the program. */
static UNUSED_OK void begin(void) { signal(SIGPIPE, SIG_IGN); }

static UNUSED_OK const char *errno_name(int error) {
  static const struct {
    int number;
    const char *name;
  } names[] = {
#define NAME(e) {e, #e}
      NAME(EACCES),      NAME(EADDRINUSE),      NAME(EADDRNOTAVAIL), NAME(EAFNOSUPPORT), NAME(EAGAIN),
      NAME(EALREADY),    NAME(EBADF),           NAME(ECONNABORTED),  NAME(ECONNREFUSED), NAME(ECONNRESET),
      NAME(EDESTADDRREQ), NAME(EDOM),           NAME(EFAULT),        NAME(EHOSTUNREACH), NAME(EINPROGRESS),
      NAME(EINTR),       NAME(EINVAL),          NAME(EIO),           NAME(EISCONN),      NAME(EMFILE),
      NAME(EMSGSIZE),    NAME(ENAMETOOLONG),    NAME(ENETUNREACH),   NAME(ENFILE),       NAME(ENOBUFS),
      NAME(ENODEV),      NAME(ENOENT),          NAME(ENOMEM),        NAME(ENOPROTOOPT),  NAME(ENOSPC),
      NAME(ENOSYS),      NAME(ENOTCONN),        NAME(ENOTSOCK),      NAME(ENOTTY),       NAME(EOPNOTSUPP),
      NAME(EPERM),       NAME(EPIPE),           NAME(EPROTONOSUPPORT), NAME(EPROTOTYPE), NAME(ETIMEDOUT),
      NAME(ECHILD),      NAME(EEXIST),          NAME(ELOOP),         NAME(ENXIO),        NAME(ERANGE),
      NAME(ESPIPE),      NAME(ESRCH),           NAME(EBUSY),         NAME(EDEADLK),      NAME(EISDIR),
      NAME(ENOTDIR),     NAME(ENOTEMPTY),       NAME(EOVERFLOW),     NAME(ETXTBSY),      NAME(EXDEV),
      NAME(EROFS),       NAME(EBADMSG),
#undef NAME
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == error) return names[i].name;
  return error == 0 ? "0" : strerror(error);
}

/* Prints what a call answered: the number, or the errno's name. */
static UNUSED_OK void say(const char *what, long result) {
  if (result < 0)
    printf("%s: %s\n", what, errno_name(errno));
  else
    printf("%s: %ld\n", what, result);
}

/* As say, for a call that answers with a descriptor; gives it back. */
static UNUSED_OK int say_fd(const char *what, int fd) {
  printf("%s: %s\n", what, fd < 0 ? errno_name(errno) : "a descriptor");
  return fd;
}

static UNUSED_OK void say_whether(const char *what, int holds) { printf("%s: %s\n", what, holds ? "yes" : "no"); }

/* The bits of revents as words: "IN|RDHUP", or "nothing". */
static UNUSED_OK const char *events_name(int revents) {
  static const struct {
    int bit;
    const char *name;
  } names[] = {{POLLIN, "IN"},   {POLLPRI, "PRI"},   {POLLOUT, "OUT"},    {POLLRDHUP, "RDHUP"},
               {POLLERR, "ERR"}, {POLLHUP, "HUP"}, {POLLNVAL, "NVAL"}};
  static char text[64];
  text[0] = '\0';
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!(revents & names[i].bit)) continue;
    if (text[0]) strcat(text, "|");
    strcat(text, names[i].name);
  }
  return text[0] ? text : "nothing";
}

/* What poll reports at once, of everything that can be asked for. */
static UNUSED_OK const char *ready(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
  if (poll(&one, 1, 0) < 0) return errno_name(errno);
  return events_name(one.revents);
}

static UNUSED_OK void say_ready(const char *what, int fd) { printf("%s: poll says %s\n", what, ready(fd)); }

/* Ends the program when setting up failed: nothing after it would mean anything. */
#define MUST(call) must((call), #call, __LINE__)
static UNUSED_OK int must(int result, const char *what, int line) {
  if (result >= 0) return result;
  printf("line %d: %s: %s\n", line, what, errno_name(errno));
  exit(1);
}

/* Waits for one of `events`, an error or a hang-up. */
static UNUSED_OK void await(int fd, short events) {
  struct pollfd one = {.fd = fd, .events = events};
  if (poll(&one, 1, 20000) == 1) return;
  printf("waited in vain for %s\n", events_name(events));
  exit(1);
}

static UNUSED_OK long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* 127.0.0.1 with `port` in network order. */
static UNUSED_OK struct sockaddr_in loopback(in_port_t port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static UNUSED_OK struct sockaddr *any(void *address) { return (struct sockaddr *)address; }

static UNUSED_OK int same(struct sockaddr_in a, struct sockaddr_in b) {
  return a.sin_family == b.sin_family && a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
}

/* A socket of `type` bound to a free port of 127.0.0.1, its address in *address. */
static UNUSED_OK int bound(int type, struct sockaddr_in *address) {
  socklen_t length = sizeof *address;
  int fd = MUST(socket(AF_INET, type, 0));
  *address = loopback(0);
  MUST(bind(fd, any(address), sizeof *address));
  MUST(getsockname(fd, any(address), &length));
  return fd;
}

static UNUSED_OK int listening(struct sockaddr_in *address) {
  int fd = bound(SOCK_STREAM, address);
  MUST(listen(fd, 16));
  return fd;
}

/* Two ends of one TCP connection. */
static UNUSED_OK void connected(int *client, int *server) {
  struct sockaddr_in address;
  int listener = listening(&address);
  *client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(*client, any(&address), sizeof address));
  *server = MUST(accept(listener, NULL, NULL));
  MUST(close(listener));
}

static UNUSED_OK void set_nonblocking(int fd) { MUST(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)); }

/* SO_ERROR, which reading clears. */
static UNUSED_OK const char *pending_error(int fd) {
  int error = -1;
  socklen_t length = sizeof error;
  MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length));
  return errno_name(error);
}

#endif
