/* Functions for a host that calls some while others wait. Each returns a number, or a negative errno. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EXPORT(name) __attribute__((export_name(#name))) int name
static char data[1 << 20];

static int result(long value) { return value < 0 ? -errno : (int)value; }

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

EXPORT(open_stream)(void) { return result(socket(AF_INET, SOCK_STREAM, 0)); }
EXPORT(open_datagram)(void) { return result(socket(AF_INET, SOCK_DGRAM, 0)); }
EXPORT(connect_to)(int fd, int port) {
  struct sockaddr_in to = loopback(port);
  return result(connect(fd, (struct sockaddr *)&to, sizeof to));
}
EXPORT(disconnect)(int fd) {
  struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  return result(connect(fd, &nobody, sizeof nobody));
}
EXPORT(listen_at)(int fd) {
  struct sockaddr_in here = loopback(0);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return -errno;
  return result(listen(fd, 16));
}
EXPORT(bind_at)(int fd) {
  struct sockaddr_in here = loopback(0);
  return result(bind(fd, (struct sockaddr *)&here, sizeof here));
}
EXPORT(port_of)(int fd) {
  struct sockaddr_in here;
  if (getsockname(fd, (struct sockaddr *)&here, &(socklen_t){sizeof here}) < 0) return -errno;
  return ntohs(here.sin_port);
}
EXPORT(accept_on)(int fd) { return result(accept(fd, NULL, NULL)); }
EXPORT(receive)(int fd) { return result(recv(fd, data, 9, 0)); }
EXPORT(try_receive)(int fd) { return result(recv(fd, data, 9, MSG_DONTWAIT)); }
EXPORT(send_all)(int fd, int length) { return result(send(fd, data, length, MSG_NOSIGNAL)); }
EXPORT(wait_for)(int fd, int events, int timeout) {
  struct pollfd one = {.fd = fd, .events = events};
  int count = poll(&one, 1, timeout);
  return count < 0 ? -errno : count == 0 ? 0 : one.revents;
}
EXPORT(wait_epoll)(int fd, int timeout) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd}, told;
  int epoll = epoll_create1(0);
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  int count = epoll_wait(epoll, &told, 1, timeout);
  close(epoll);
  return count < 0 ? -errno : count == 0 ? 0 : (int)told.events;
}
EXPORT(shut)(int fd, int how) { return result(shutdown(fd, how)); }
EXPORT(close_fd)(int fd) { return result(close(fd)); }
EXPORT(dup_to)(int fd, int to) { return result(dup2(fd, to)); }
EXPORT(linger)(int fd, int seconds) {
  struct linger value = {1, seconds};
  return result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, sizeof value));
}
EXPORT(first_byte)(void) { return data[0]; }

int main(void) { return 0; }
