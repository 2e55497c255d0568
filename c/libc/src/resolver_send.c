/* Asking a name server: over UDP, and over TCP when the answer was cut. */
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* 0 when one of `events` has come by `deadline`. */
static int await(int fd, short events, long long deadline) {
  struct pollfd one = {.fd = fd, .events = events};
  long long left;
  while ((left = deadline - now_ms()) > 0) {
    int found = poll(&one, 1, (int)left);
    if (found > 0) return 0;
    if (found < 0 && errno != EINTR) return -1;
  }
  return result(-ETIMEDOUT);
}

/* Whether a message answers the query: the same number and the same question. */
static int answers(const unsigned char *query, int length, const unsigned char *answer, int got) {
  return got >= length && !memcmp(query, answer, 2) && (answer[2] & 0x80) &&
         !memcmp(query + NS_HFIXEDSZ, answer + NS_HFIXEDSZ, (size_t)(length - NS_HFIXEDSZ));
}

static int opened(const struct sockaddr_in *server, int type) {
  int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, (const struct sockaddr *)server, sizeof *server) == 0 || errno == EINPROGRESS) return fd;
  int error = errno;
  close(fd);
  return result(-error);
}

static int ask_by_udp(int fd, const unsigned char *query, int length, unsigned char *answer, int size) {
  long long deadline = now_ms() + _res.retrans * 1000LL;
  if (send(fd, query, (size_t)length, MSG_NOSIGNAL) < 0) return -1;
  while (await(fd, POLLIN, deadline) == 0) {
    int got = (int)recv(fd, answer, (size_t)size, 0);
    if (got < 0 && errno != EAGAIN) return -1;
    if (got >= 0 && answers(query, length, answer, got)) return got;
  }
  return -1;
}

/* Sends, or receives, all of it. */
static int moved_whole(int fd, unsigned char *bytes, int length, int is_sent, long long deadline) {
  for (int done = 0; done < length;) {
    if (await(fd, is_sent ? POLLOUT : POLLIN, deadline) < 0) return -1;
    ssize_t piece = is_sent ? send(fd, bytes + done, (size_t)(length - done), MSG_NOSIGNAL)
                            : recv(fd, bytes + done, (size_t)(length - done), 0);
    if (piece == 0) return result(-ECONNRESET);
    if (piece < 0 && errno != EAGAIN) return -1;
    if (piece > 0) done += (int)piece;
  }
  return 0;
}

static int ask_by_tcp(int fd, const unsigned char *query, int length, unsigned char *answer, int size) {
  long long deadline = now_ms() + _res.retrans * 1000LL;
  unsigned char head[2], rest[256];
  ns_put16((unsigned)length, head);
  if (moved_whole(fd, head, 2, 1, deadline) < 0 || moved_whole(fd, (unsigned char *)query, length, 1, deadline) < 0 ||
      moved_whole(fd, head, 2, 0, deadline) < 0)
    return -1;
  int whole = (int)ns_get16(head), kept = whole < size ? whole : size;
  if (moved_whole(fd, answer, kept, 0, deadline) < 0) return -1;
  for (int left = whole - kept; left > 0; left -= (int)sizeof rest)
    if (moved_whole(fd, rest, left < (int)sizeof rest ? left : (int)sizeof rest, 0, deadline) < 0) break;
  if (whole > size) answer[2] |= 2; /* TC: it did not fit */
  return answers(query, length, answer, kept) ? kept : result(-EBADMSG);
}

static int ask(const struct sockaddr_in *server, int type, const unsigned char *query, int length,
               unsigned char *answer, int size) {
  int fd = opened(server, type);
  if (fd < 0) return -1;
  int got = type == SOCK_DGRAM ? ask_by_udp(fd, query, length, answer, size)
                               : ask_by_tcp(fd, query, length, answer, size);
  int error = errno;
  close(fd);
  errno = error;
  return got;
}

/* A server that fails or refuses leaves the question to the next one. */
static int is_final(const unsigned char *answer, int got) {
  int code = answer[3] & 15;
  return got >= NS_HFIXEDSZ && code != ns_r_servfail && code != ns_r_notimpl && code != ns_r_refused;
}

int res_send(const unsigned char *query, int length, unsigned char *answer, int size) {
  int got = -1, first = 0;
  static int turn;
  if (!(_res.options & RES_INIT)) res_init();
  if (_res.nscount == 0) return result(-ESRCH);
  if (_res.options & RES_ROTATE) first = turn++ % _res.nscount;
  for (int attempt = 0; attempt < (_res.retry > 0 ? _res.retry : 1); attempt++)
    for (int i = 0; i < _res.nscount; i++) {
      const struct sockaddr_in *server = &_res.nsaddr_list[(first + i) % _res.nscount];
      int type = _res.options & RES_USEVC ? SOCK_STREAM : SOCK_DGRAM;
      int answered = ask(server, type, query, length, answer, size);
      int is_cut = answered >= NS_HFIXEDSZ && (answer[2] & 2) && !(_res.options & RES_IGNTC);
      if (is_cut && type == SOCK_DGRAM) answered = ask(server, SOCK_STREAM, query, length, answer, size);
      if (answered >= 0) got = answered;
      if (answered >= 0 && is_final(answer, answered)) return answered;
    }
  return got;
}
