/* Asks without ever waiting, until what it asks about has come: `asks WHAT PAUSE PORT`, PAUSE being none, yield, sleep or both. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *pause_by = "none";
static char data[4096];

static void breathe(void) {
  if (strcmp(pause_by, "yield") == 0 || strcmp(pause_by, "both") == 0) sched_yield();
  if (strcmp(pause_by, "sleep") == 0 || strcmp(pause_by, "both") == 0) usleep(0);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int connected(int port) {
  struct sockaddr_in to = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : fd;
}

static int ended(const char *what, long result) {
  printf("%s: %ld %d\n", what, result, result < 0 ? errno : 0);
  return 0;
}

#define ASK(condition) while (!(condition)) breathe()

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const char *what = argv[1];
  pause_by = argv[2];
  int port = atoi(argv[3]), fd = -1;
  long count = 0;
  int number = 0;
  socklen_t length = sizeof number;
  struct sockaddr_in address = loopback(port), here = loopback(0);
  if (strcmp(what, "connect") == 0) {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ASK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || (errno != EINPROGRESS && errno != EALREADY));
    return ended(what, errno == EISCONN ? 0 : 1);
  }
  if (strcmp(what, "so_error") == 0) {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    address = loopback(1);
    connect(fd, (struct sockaddr *)&address, sizeof address);
    ASK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &length) < 0 || number != 0);
    return ended(what, number);
  }
  if (strcmp(what, "getpeername") == 0) {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(fd, (struct sockaddr *)&address, sizeof address);
    ASK(getpeername(fd, (struct sockaddr *)&here, &(socklen_t){sizeof here}) == 0);
    return ended(what, 0);
  }
  if (strcmp(what, "accept") == 0) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bind(listener, (struct sockaddr *)&here, sizeof here);
    listen(listener, 8);
    getsockname(listener, (struct sockaddr *)&here, &(socklen_t){sizeof here});
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(fd, (struct sockaddr *)&here, sizeof here);
    ASK((count = accept(listener, NULL, NULL)) >= 0);
    return ended(what, 0);
  }
  if (strcmp(what, "udp") == 0) {
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    bind(fd, (struct sockaddr *)&here, sizeof here);
    getsockname(fd, (struct sockaddr *)&here, &(socklen_t){sizeof here});
    sendto(fd, "hello", 5, 0, (struct sockaddr *)&here, sizeof here);
    ASK((count = recv(fd, data, sizeof data, 0)) >= 0);
    return ended(what, count);
  }
  if (strcmp(what, "stdin") == 0) {
    fcntl(0, F_SETFL, O_NONBLOCK);
    ASK((count = read(0, data, sizeof data)) >= 0);
    return ended(what, count);
  }
  fd = connected(port);
  if (fd < 0) return perror("connect"), 1;
  struct pollfd one = {.fd = fd, .events = POLLIN}, both = {.fd = fd, .events = POLLIN | POLLOUT};
  if (strcmp(what, "recv") == 0) ASK((count = recv(fd, data, sizeof data, MSG_DONTWAIT)) >= 0);
  else if (strcmp(what, "read") == 0) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
    ASK((count = read(fd, data, sizeof data)) >= 0);
  } else if (strcmp(what, "poll") == 0) ASK(poll(&one, 1, 0) > 0);
  else if (strcmp(what, "poll_out") == 0) ASK(poll(&both, 1, 0) > 0 && (both.revents & POLLIN));
  else if (strcmp(what, "fionread") == 0) ASK(ioctl(fd, FIONREAD, &number) == 0 && number > 0);
  else if (strcmp(what, "fionread_all") == 0) ASK(ioctl(fd, FIONREAD, &number) == 0 && number >= 10);
  else if (strcmp(what, "peek_all") == 0) ASK(recv(fd, data, sizeof data, MSG_PEEK | MSG_DONTWAIT) >= 10);
  else if (strcmp(what, "select") == 0) {
    fd_set set;
    struct timeval none = {0, 0};
    do {
      FD_ZERO(&set);
      FD_SET(fd, &set);
      breathe();
    } while (select(fd + 1, &set, NULL, NULL, &none) == 0);
  } else if (strcmp(what, "epoll") == 0 || strcmp(what, "epoll_et") == 0) {
    struct epoll_event event = {.events = EPOLLIN | (what[5] ? EPOLLET : 0)}, told;
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    ASK(epoll_wait(epoll, &told, 1, 0) > 0);
  } else if (strcmp(what, "send") == 0) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (count < 8 << 20) {
      long sent = send(fd, data, sizeof data, 0);
      if (sent > 0) count += sent;
      else breathe();
    }
  } else if (strcmp(what, "clock") == 0) {
    struct timespec begun, now;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do {
      count = recv(fd, data, sizeof data, MSG_DONTWAIT);
      clock_gettime(CLOCK_MONOTONIC, &now);
    } while (count < 0 && now.tv_sec - begun.tv_sec < 20);
    count = count > 0;
  } else return 2;
  return ended(what, count);
}
