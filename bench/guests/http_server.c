/* http_server: answers every request alike, keeps connections open, and takes requests that come together or in pieces. For GET
 * alone: a request is what ends with an empty line. */
#include "loop.h"

#define ANSWER "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!"

enum { LENGTH = sizeof ANSWER - 1, COPIES = 64 };

static const char end_of_request[] = "\r\n\r\n";
static char question[65536], answers[LENGTH * COPIES];

/* How much of the empty line has been read, and how many bytes of answers are still to be sent. */
static struct { int matched; size_t owed; } connections[MOST_FDS];

/* How many requests end in `count` bytes, the last of which may go on in the next. */
static size_t requests_in(int fd, ssize_t count) {
  size_t requests = 0;
  int matched = connections[fd].matched;
  for (ssize_t i = 0; i < count; i++) {
    matched = question[i] == end_of_request[matched] ? matched + 1 : question[i] == '\r';
    if (matched < 4) continue;
    requests++;
    matched = 0;
  }
  connections[fd].matched = matched;
  return requests;
}

/* Sends what is owed, as far as it goes. */
static enum wish answer(int fd) {
  size_t *owed = &connections[fd].owed;
  while (*owed > 0) {
    size_t from = (LENGTH - *owed % LENGTH) % LENGTH, most = sizeof answers - from;
    ssize_t sent = send(fd, answers + from, *owed < most ? *owed : most, 0);
    if (sent < 0) return errno == EAGAIN ? WRITES : CLOSES;
    *owed -= (size_t)sent;
  }
  return READS;
}

static enum wish serve_open(int fd) {
  if (connections[fd].owed > 0) return answer(fd);
  ssize_t count = recv(fd, question, sizeof question, 0);
  if (count <= 0) return count < 0 && errno == EAGAIN ? READS : CLOSES;
  connections[fd].owed = LENGTH * requests_in(fd, count);
  return answer(fd);
}

static enum wish serve(int fd) {
  enum wish wish = serve_open(fd);
  if (wish == CLOSES) memset(&connections[fd], 0, sizeof connections[fd]);
  return wish;
}

int main(int argc, char **argv) {
  argument(argc, argv, 0);
  for (int i = 0; i < COPIES; i++) memcpy(answers + i * LENGTH, ANSWER, LENGTH);
  serve_all();
  return 0;
}
