/* An event loop that serves 500 connections, all non-blocking, with clients in the same process: each sends a question
 * in pieces, the server answers and closes. What waits is the including program's: it defines `watch`, `unwatch` and
 * `wait_for`. */
#include "say.h"

#include <sys/resource.h>

enum { CONNECTIONS = 500, QUESTION = 600, PIECE = 200, ANSWER = 3000, MOST_FDS = 1024 };
enum { READS = 1, WRITES = 2 };

/* Asks to be told of `what`, READS or WRITES, of fd. */
static void watch(int fd, int what);
static void unwatch(int fd);
/* Fills fds and whats with what is ready, and returns how many. */
static int wait_for(int *fds, int *whats);

struct connection {
  int is_client;
  int sent, received, sum;
};

static struct connection connections[MOST_FDS];
static int listener, accepted, answered, finished, wrong;
static struct sockaddr_in server_address;

static void finish(int fd) {
  unwatch(fd);
  MUST(close(fd));
}

static void begin_client(void) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  if (connect(fd, any(&server_address), sizeof server_address) < 0 && errno != EINPROGRESS) MUST(-1);
  connections[fd] = (struct connection){.is_client = 1};
  watch(fd, WRITES);
}

static void accept_all(void) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0; accepted++) {
    connections[fd] = (struct connection){.is_client = 0};
    watch(fd, READS);
  }
}

/* Sends up to `total` bytes, as many as go, in pieces. Returns whether all are sent. */
static int push(int fd, struct connection *one, int total, char with) {
  static char piece[PIECE];
  memset(piece, with, sizeof piece);
  while (one->sent < total) {
    ssize_t length = send(fd, piece, PIECE, 0);
    if (length < 0 && errno == EAGAIN) return 0;
    one->sent += MUST((int)length);
  }
  return 1;
}

static int pull(int fd, struct connection *one) {
  char text[512];
  ssize_t length;
  while ((length = recv(fd, text, sizeof text, 0)) > 0) {
    one->received += (int)length;
    for (int i = 0; i < length; i++) one->sum += text[i];
  }
  return length == 0;
}

static void serve(int fd, struct connection *one) {
  if (one->received < QUESTION) pull(fd, one);
  if (one->received < QUESTION) return;
  if (!push(fd, one, ANSWER, 'b')) return watch(fd, WRITES);
  answered++;
  wrong += one->sum != QUESTION * 'a';
  finish(fd);
}

static void ask(int fd, struct connection *one) {
  if (!push(fd, one, QUESTION, 'a')) return;
  if (one->sent == QUESTION) watch(fd, READS);
  if (!pull(fd, one)) return;
  finished++;
  wrong += one->received != ANSWER || one->sum != ANSWER * 'b';
  finish(fd);
}

static void run(void) {
  static int fds[MOST_FDS], whats[MOST_FDS];
  begin();
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 1024, .rlim_max = 1024});
  listener = bound(SOCK_STREAM, &server_address);
  MUST(listen(listener, CONNECTIONS));
  set_nonblocking(listener);
  watch(listener, READS);
  for (int i = 0; i < CONNECTIONS; i++) begin_client();
  while (finished < CONNECTIONS) {
    int count = wait_for(fds, whats);
    if (count <= 0) MUST(count < 0 ? count : (errno = ETIMEDOUT, -1));
    for (int i = 0; i < count; i++) {
      if (fds[i] == listener)
        accept_all();
      else if (connections[fds[i]].is_client)
        ask(fds[i], &connections[fds[i]]);
      else
        serve(fds[i], &connections[fds[i]]);
    }
  }
  unwatch(listener);
  MUST(close(listener));
  printf("accepted %d, answered %d, finished %d, wrong %d\n", accepted, answered, finished, wrong);
}
