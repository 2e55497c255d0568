/*
 * churn PORT LISTEN_PORT UDP_PORT SEED SECONDS: opens, uses, half-closes, resets and drops connections at random, against a peer that
 * does the same (peer.mjs), and checks every byte. Prints a line each second, "tick SECOND OPERATIONS OPEN", and at the end one line of
 * totals. A call that takes longer than it may is a stall, and a wrong byte or errno ends the program with 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 64, PIECE = 16384, STALL_MS = 1000 };

/* A byte stream is known by its seed: byte n is the low byte of (seed + n) * 167. Both ends send and expect the same. */
static unsigned char expected(uint32_t seed, uint64_t at) { return (unsigned char)(((uint32_t)at + seed) * 167u); }

struct connection {
  int fd;
  uint32_t seed;
  uint64_t sent, received;
  int connecting, write_shut, accepted;
};

static struct connection open_ones[MOST];
static int count;
static int server_port, udp_port;
static long long operations, opened, resets, refused, bytes, stalls, longest_ms;
static uint32_t state;

static uint32_t chance(uint32_t below) {
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return state % below;
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wrong(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("wrong: ", stdout);
  vprintf(format, values);
  printf(" (%s)\n", strerror(errno));
  exit(1);
}

/* Evaluates a call, and counts it as a stall if it takes longer than `most` ms beyond a second. */
static long long begun_ms;
#define TIMED(call, most) (begun_ms = now_ms(), noted((long)(call), #call, most))
static long noted(long result, const char *what, int most) {
  int kept = errno;
  long long took = now_ms() - begun_ms - most;
  operations++;
  if (took > longest_ms) longest_ms = took;
  if (took > STALL_MS) {
    stalls++;
    printf("stall: %.60s took %lld ms too long\n", what, took);
  }
  errno = kept;
  return result;
}

static struct sockaddr_in at(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void forget(int index) { open_ones[index] = open_ones[--count]; }

static void drop(int index, int with_reset) {
  struct linger at_once = {1, 0};
  int fd = open_ones[index].fd;
  if (with_reset && setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) wrong("SO_LINGER");
  if (TIMED(close(fd), 0) != 0) wrong("close");
  forget(index);
}

/* Errors that a peer which resets and ends at random may cause. */
static int is_weather(int error) { return error == ECONNRESET || error == EPIPE || error == ECONNABORTED; }

static int failed(int index, const char *what) {
  if (errno == EAGAIN) return 0;
  if (!is_weather(errno)) wrong("%s", what);
  resets++;
  drop(index, 0);
  return 1;
}

static void add(int fd, uint32_t seed, int connecting, int accepted) {
  open_ones[count++] = (struct connection){.fd = fd, .seed = seed, .connecting = connecting, .accepted = accepted};
  opened++;
}

static void open_one(void) {
  if (count == MOST) return;
  struct sockaddr_in server = at(server_port);
  int fd = (int)TIMED(socket(AF_INET, SOCK_STREAM, 0), 0);
  if (fd < 0) wrong("socket");
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) wrong("fcntl");
  int connected = TIMED(connect(fd, (struct sockaddr *)&server, sizeof server), 0) == 0;
  if (!connected && errno != EINPROGRESS) wrong("connect");
  add(fd, chance(1u << 30), !connected, 0);
}

static void finish_connecting(int index) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(open_ones[index].fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) wrong("SO_ERROR");
  errno = error;
  if (error != 0) failed(index, "connecting");
  else open_ones[index].connecting = 0;
}

/* The first four bytes tell the seed; then the stream begins. */
static void send_some(int index) {
  static unsigned char piece[PIECE];
  struct connection *one = &open_ones[index];
  if (one->write_shut) return;
  size_t size = 1 + chance(PIECE - 1);
  for (size_t i = 0; i < size; i++) {
    uint64_t place = one->sent + i;
    piece[i] = place < 4 ? (unsigned char)(one->seed >> (8 * place)) : expected(one->seed, place - 4);
  }
  ssize_t took = TIMED(send(one->fd, piece, size, MSG_NOSIGNAL), 0);
  if (took < 0) return (void)failed(index, "send");
  one->sent += (uint64_t)took;
  bytes += took;
}

static void receive_some(int index) {
  static unsigned char piece[PIECE];
  struct connection *one = &open_ones[index];
  ssize_t got = TIMED(recv(one->fd, piece, 1 + chance(PIECE - 1), 0), 0);
  if (got < 0) return (void)failed(index, "recv");
  if (got == 0) return drop(index, 0);
  for (ssize_t i = 0; i < got; i++)
    if (piece[i] != expected(one->seed, one->received + (uint64_t)i))
      wrong("byte %llu of stream %u", (unsigned long long)one->received + i, one->seed);
  one->received += (uint64_t)got;
  bytes += got;
}

static void end_one(int index) {
  if (open_ones[index].write_shut || open_ones[index].connecting) return;
  if (TIMED(shutdown(open_ones[index].fd, SHUT_WR), 0) != 0 && errno != ENOTCONN) wrong("shutdown");
  open_ones[index].write_shut = 1;
}

static void accept_some(int listener) {
  while (count < MOST) {
    int fd = (int)TIMED(accept(listener, NULL, NULL), 0);
    if (fd < 0 && (errno == EAGAIN || is_weather(errno))) return;
    if (fd < 0) wrong("accept");
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) wrong("fcntl");
    add(fd, 0, 0, 1);
  }
}

static void call_nobody(void) {
  struct sockaddr_in nobody = at(1);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (TIMED(connect(fd, (struct sockaddr *)&nobody, sizeof nobody), 0) == 0 || errno != ECONNREFUSED) wrong("port 1");
  refused++;
  close(fd);
}

/* A blocking conversation from beginning to end. What the peer breaks off is broken off. */
static void converse(void) {
  static unsigned char piece[PIECE];
  struct sockaddr_in server = at(server_port);
  uint32_t seed = chance(1u << 30);
  size_t size = 4 + chance(PIECE - 4), got = 0;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval patience = {2, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (TIMED(connect(fd, (struct sockaddr *)&server, sizeof server), 0) != 0) wrong("connect, blocking");
  opened++;
  for (size_t i = 0; i < size; i++) piece[i] = i < 4 ? (unsigned char)(seed >> (8 * i)) : expected(seed, i - 4);
  if (TIMED(send(fd, piece, size, MSG_NOSIGNAL), 0) < 0 && !is_weather(errno)) wrong("send, blocking");
  while (got < size - 4) {
    ssize_t count_now = TIMED(recv(fd, piece, PIECE, 0), 0);
    if (count_now < 0 && !is_weather(errno)) wrong("recv, blocking");
    if (count_now <= 0) break;
    for (ssize_t i = 0; i < count_now; i++)
      if (piece[i] != expected(seed, got + (size_t)i)) wrong("byte %zu of conversation %u", got + (size_t)i, seed);
    got += (size_t)count_now;
    bytes += count_now;
  }
  close(fd);
}

/* A datagram comes back, or does not within the time. */
static void send_datagram(void) {
  unsigned char out[512], in[600];
  struct sockaddr_in to = at(udp_port);
  struct timeval patience = {0, 50000};
  size_t size = 1 + chance(sizeof out - 1);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  uint32_t seed = chance(1u << 30);
  for (size_t i = 0; i < size; i++) out[i] = expected(seed, i);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (TIMED(sendto(fd, out, size, 0, (struct sockaddr *)&to, sizeof to), 0) != (long)size) wrong("sendto");
  ssize_t got = TIMED(recvfrom(fd, in, sizeof in, 0, NULL, NULL), 50);
  if (got < 0 && errno != EAGAIN) wrong("recvfrom");
  if (got >= 0 && ((size_t)got != size || memcmp(in, out, size) != 0)) wrong("a datagram of %zu bytes", size);
  close(fd);
}

static void look_up(void) {
  struct addrinfo *found = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  if (TIMED(getaddrinfo("localhost", "80", &hints, &found), 0) != 0) wrong("getaddrinfo");
  freeaddrinfo(found);
}

/* What has come on an accepted connection is thrown away: the peer counts only on being read. */
static void take_accepted(int index) {
  static unsigned char piece[PIECE];
  ssize_t got = TIMED(recv(open_ones[index].fd, piece, sizeof piece, 0), 0);
  if (got < 0) return (void)failed(index, "recv, accepted");
  if (got == 0) return drop(index, 0);
  bytes += got;
  if (chance(4) == 0 && TIMED(send(open_ones[index].fd, piece, (size_t)got, MSG_NOSIGNAL), 0) < 0)
    failed(index, "send, accepted");
}

static void serve_ready(int listener) {
  struct pollfd fds[MOST + 1];
  int timeout = (int)chance(20), then = count;
  for (int i = 0; i < count; i++)
    fds[i] = (struct pollfd){.fd = open_ones[i].fd, .events = open_ones[i].connecting ? POLLOUT : POLLIN};
  fds[count] = (struct pollfd){.fd = listener, .events = POLLIN};
  if (TIMED(poll(fds, (nfds_t)count + 1, timeout), timeout) < 0) wrong("poll");
  for (int i = then - 1; i >= 0; i--) { /* from the end: what is dropped is replaced by a later one */
    if (fds[i].revents & POLLNVAL) wrong("POLLNVAL");
    if (fds[i].revents == 0) continue;
    if (open_ones[i].connecting) finish_connecting(i);
    else if (open_ones[i].accepted) take_accepted(i);
    else receive_some(i);
  }
  if (fds[then].revents & POLLIN) accept_some(listener);
}

static void act(int listener) {
  uint32_t dice = chance(100);
  int index = count > 0 ? (int)chance((uint32_t)count) : -1;
  if (dice < 35) serve_ready(listener);
  else if (dice < 50) open_one();
  else if (dice < 53) converse();
  else if (dice < 55) send_datagram();
  else if (dice < 56) call_nobody();
  else if (dice == 56) look_up();
  else if (index < 0) return;
  else if (dice < 85 && !open_ones[index].connecting && !open_ones[index].accepted) send_some(index);
  else if (dice < 90) end_one(index);
  else if (dice < 95) drop(index, 1);
  else drop(index, 0);
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  server_port = atoi(argv[1]);
  udp_port = atoi(argv[3]);
  state = (uint32_t)atoi(argv[4]) * 2654435761u | 1;
  long long start = now_ms(), last = 0, seconds = atoi(argv[5]);
  struct sockaddr_in own = at(atoi(argv[2]));
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) != 0 || listen(listener, 32) != 0) wrong("listen");
  if (fcntl(listener, F_SETFL, O_NONBLOCK) != 0) wrong("fcntl");
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (;;) {
    long long second = (now_ms() - start) / 1000;
    if (second > last) printf("tick %lld %lld %d\n", last = second, operations, count);
    if (second >= seconds) break;
    act(listener);
  }
  while (count > 0) drop(count - 1, 0);
  printf("total operations %lld opened %lld resets %lld refused %lld bytes %lld stalls %lld longest %lld ms\n", operations,
         opened, resets, refused, bytes, stalls, longest_ms);
  return stalls > 0;
}
