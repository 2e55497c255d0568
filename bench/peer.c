/*
 * The other end of every measurement, the same for all columns and lighter than any of them:
 *   peer echo | source | sink          prints its port, and serves one connection
 *   peer connector PORT COUNT          connects COUNT times, a window of connections at a time, until each is closed
 *   peer holder PORT COUNT             makes COUNT connections, has one byte answered on each, and holds them
 */
#include "guests/measure.h"

#include <signal.h>
#include <sys/resource.h>

enum { LARGE = 1 << 20, WINDOW = 128 };

static char bytes[LARGE];

/* The one connection that this peer serves. */
static int served(void) {
  int listener = listening();
  int fd = (int)MUST(accept(listener, NULL, NULL));
  close(listener);
  return fd;
}

static void echo(int fd) {
  ssize_t count;
  while ((count = recv(fd, bytes, sizeof bytes, 0)) > 0)
    for (ssize_t sent = 0, now; sent < count; sent += now)
      if ((now = send(fd, bytes + sent, (size_t)(count - sent), 0)) < 0) return;
}

static void source(int fd) {
  while (send(fd, bytes, sizeof bytes, 0) > 0) continue;
}

/* On Linux the kernel throws away what MSG_TRUNC reads of a stream, without copying it. */
static void sink(int fd) {
#ifdef __linux__
  int flags = MSG_TRUNC;
#else
  int flags = 0;
#endif
  long long total = 0;
  ssize_t count;
  while ((count = recv(fd, bytes, sizeof bytes, flags)) > 0) total += count;
  int length = snprintf(bytes, sizeof bytes, "%lld\n", total);
  send(fd, bytes, (size_t)length, 0);
}

/* On the loopback connect returns as soon as the connection is in the server's queue, which is longer than the window. */
static void connector(long port, long count) {
  int window[WINDOW];
  char byte;
  for (long i = 0; i < count + WINDOW; i++) {
    int *place = &window[i % WINDOW];
    if (i >= WINDOW) {
      recv(*place, &byte, 1, 0);
      close(*place);
    }
    if (i >= count) continue;
    struct sockaddr_in address = loopback(port);
    *place = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(*place, (struct sockaddr *)&address, sizeof address) < 0) {
      if (i == 0) MUST(-1);
      return; /* the server has seen enough */
    }
  }
}

static void hear_answer(int fd) {
  char byte;
  if (MUST(recv(fd, &byte, 1, 0)) == 1) return;
  fprintf(stderr, "the server closed a connection\n");
  exit(1);
}

static void holder(long port, long count) {
  struct rlimit limit;
  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int *fds = calloc((size_t)count, sizeof *fds);
  if (fds == NULL) exit(1);
  for (long i = 0; i < count; i++) {
    fds[i] = connected_to(port);
    MUST(send(fds[i], "x", 1, 0));
    if (i >= WINDOW) hear_answer(fds[i - WINDOW]);
  }
  for (long i = count > WINDOW ? count - WINDOW : 0; i < count; i++) hear_answer(fds[i]);
  printf("held %ld\n", count);
  fflush(stdout);
  pause();
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  signal(SIGPIPE, SIG_IGN);
  alarm(120);
  if (!strcmp(mode, "echo")) echo(served());
  else if (!strcmp(mode, "source")) source(served());
  else if (!strcmp(mode, "sink")) sink(served());
  else if (!strcmp(mode, "connector")) connector(argument(argc, argv, 2), argument(argc, argv, 3));
  else if (!strcmp(mode, "holder")) holder(argument(argc, argv, 2), argument(argc, argv, 3));
  else return 2;
  return 0;
}
