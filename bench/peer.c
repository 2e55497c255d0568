/*
 * The other end of every measurement, the same for all columns and lighter than any of them:
 *   peer echo | source | sink          prints its port, and serves one connection
 *   peer connector PORT COUNT          connects COUNT times, a window of connections at a time, until each is closed
 *   peer holder PORT COUNT             makes COUNT connections, has one byte answered on each, and holds them
 *   peer crowd PORT COUNT WARM RUN     the same, and then measures round trips of one byte on a few of them in turn, for RUN ms
 *   peer load PORT COUNT WARM RUN      asks an HTTP server on COUNT connections, one request at a time on each, and counts answers
 */
#include "guests/measure.h"

#include <signal.h>
#include <sys/resource.h>

enum { LARGE = 1 << 20, WINDOW = 128, ACTIVE = 16, BETWEEN_LOOKS = 16, AT_ONCE = 256 * 1024 };

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

/*
 * On Linux the kernel throws away what MSG_TRUNC reads of a stream, without copying it. It is woken for much at once only: whoever sends
 * to a peer that sleeps pays for its waking, and whether it sleeps for each piece or for none would decide the figure.
 */
static void sink(int fd) {
  int much = AT_ONCE;
  MUST(setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &much, sizeof much));
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

/* COUNT connections, on each of which one byte has been answered. */
static int *held(long port, long count) {
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
  return fds;
}

static void holder(long port, long count) {
  held(port, count);
  printf("held %ld\n", count);
  fflush(stdout);
  pause();
}

/* What is measured: `once` is done again and again for a while, then for the time that counts. */
static void measured(void (*once)(int *fds, long count), int *fds, long count, long warm_ms, long run_ms) {
  long long done = 0, warm = now_ns() + warm_ms * 1000000LL;
  while (now_ns() < warm) once(fds, count);
  long long start = now_ns(), until = start + run_ms * 1000000LL;
  for (; now_ns() < until; done += BETWEEN_LOOKS) once(fds, count);
  print_result(now_ns() - start, done);
}

/* BETWEEN_LOOKS round trips on connections that lie far apart. */
static void some_round_trips(int *fds, long count) {
  static long turn;
  long active = count < ACTIVE ? count : ACTIVE;
  for (int i = 0; i < BETWEEN_LOOKS; i++, turn++) {
    int fd = fds[turn % active * (count / active)];
    MUST(send(fd, "x", 1, 0));
    hear_answer(fd);
  }
}

static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
/* Of an answer, which all have that of the first. */
static size_t answer_length;

static void learn_length(int fd) {
  size_t got = 0;
  for (;;) {
    got += (size_t)MUST(recv(fd, bytes + got, sizeof bytes - 1 - got, 0));
    bytes[got] = 0;
    char *body = strstr(bytes, "\r\n\r\n"), *length = strcasestr(bytes, "content-length:");
    if (body == NULL) continue;
    if (length == NULL) exit((fprintf(stderr, "an answer without a length\n"), 1));
    answer_length = (size_t)(body - bytes) + 4 + (size_t)atol(length + sizeof "content-length:" - 1);
    if (got == answer_length) return;
  }
}

/* BETWEEN_LOOKS answers, each followed by the next request on the same connection; on all others a request is under way meanwhile. */
static void some_answers(int *fds, long count) {
  static long turn;
  for (int i = 0; i < BETWEEN_LOOKS; i++, turn++) {
    int fd = fds[turn % count];
    if (MUST(recv(fd, bytes, answer_length, MSG_WAITALL)) == 0) exit((fprintf(stderr, "the server closed\n"), 1));
    MUST(send(fd, request, sizeof request - 1, 0));
  }
}

static int *asked(long port, long count) {
  int *fds = calloc((size_t)count, sizeof *fds);
  if (fds == NULL) exit(1);
  for (long i = 0; i < count; i++) {
    fds[i] = connected_to(port);
    MUST(send(fds[i], request, sizeof request - 1, 0));
    if (i > 0) continue;
    learn_length(fds[i]);
    MUST(send(fds[i], request, sizeof request - 1, 0));
  }
  return fds;
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
#define ARGUMENT(place) argument(argc, argv, place)
  signal(SIGPIPE, SIG_IGN);
  alarm(120);
  if (!strcmp(mode, "echo")) echo(served());
  else if (!strcmp(mode, "source")) source(served());
  else if (!strcmp(mode, "sink")) sink(served());
  else if (!strcmp(mode, "connector")) connector(ARGUMENT(2), ARGUMENT(3));
  else if (!strcmp(mode, "holder")) holder(ARGUMENT(2), ARGUMENT(3));
  else if (!strcmp(mode, "crowd"))
    measured(some_round_trips, held(ARGUMENT(2), ARGUMENT(3)), ARGUMENT(3), ARGUMENT(4), ARGUMENT(5));
  else if (!strcmp(mode, "load"))
    measured(some_answers, asked(ARGUMENT(2), ARGUMENT(3)), ARGUMENT(3), ARGUMENT(4), ARGUMENT(5));
  else return 2;
  return 0;
}
