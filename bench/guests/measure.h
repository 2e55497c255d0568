/* What the measured programs share: the clock, a connection to the peer or a socket for it, and the lines the harness reads. */
#ifndef MEASURE_H
#define MEASURE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Ends the program when a call failed: there is nothing to measure then. */
#define MUST(call) must((call), #call)
static inline long must(long result, const char *what) {
  if (result >= 0) return result;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Argument number `place`, a number. Also sees to it that a program left alone does not stay. */
static inline long argument(int count, char **values, int place) {
#ifndef __wasm__
  alarm(120);
#endif
  if (place < count) return atol(values[place]);
  fprintf(stderr, "%s: argument %d is missing\n", values[0], place);
  exit(2);
}

static inline struct sockaddr_in loopback(long port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((in_port_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static inline int connected_to(long port) {
  struct sockaddr_in address = loopback(port);
  int fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(fd, (struct sockaddr *)&address, sizeof address));
  return fd;
}

/* A listening socket, its port printed for the harness. */
static inline int listening(void) {
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  int fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(bind(fd, (struct sockaddr *)&address, sizeof address));
  MUST(listen(fd, 1024));
  MUST(getsockname(fd, (struct sockaddr *)&address, &length));
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static inline void print_result(long long elapsed_ns, long long count) {
  printf("result %lld %lld\n", elapsed_ns, count);
  fflush(stdout);
}

#endif
