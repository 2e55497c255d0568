/* What both versions of WasmEdge's sockets have, as its guests declare it. */
#ifndef WASMEDGE_H
#define WASMEDGE_H

#include "net.h"

#define WASMEDGE(name) IMPORT("wasi_snapshot_preview1", #name)

enum wasmedge_family { WASMEDGE_INET4 = 1, WASMEDGE_INET6 = 2 };
enum wasmedge_type { WASMEDGE_DGRAM = 1, WASMEDGE_STREAM = 2 };
enum wasmedge_level { WASMEDGE_SOL_SOCKET = 0, WASMEDGE_SOL_TCP = 6 };
enum wasmedge_option {
  WASMEDGE_REUSEADDR = 0,
  WASMEDGE_TYPE = 1,
  WASMEDGE_ERROR = 2,
  WASMEDGE_BROADCAST = 4,
  WASMEDGE_KEEPALIVE = 7,
  WASMEDGE_LINGER = 9,
  WASMEDGE_RCVTIMEO = 11,
  WASMEDGE_SNDTIMEO = 12,
  WASMEDGE_NODELAY = 15,
};

struct wasmedge_address {
  void *buffer;
  uint32_t length;
};
struct wasmedge_sockaddr {
  uint8_t family;
  uint32_t length;
  uint8_t *data;
};
struct wasmedge_addrinfo {
  uint16_t flags;
  uint8_t family, type, protocol;
  uint32_t addrlen;
  struct wasmedge_sockaddr *addr;
  char *canonname;
  uint32_t canonname_len;
  struct wasmedge_addrinfo *next;
};
struct wasmedge_linger {
  int32_t on, seconds;
};
struct wasmedge_timeval {
  int64_t seconds, microseconds;
};

WASMEDGE(sock_open) uint32_t sock_open(uint32_t family, uint32_t type, int *fd);
WASMEDGE(sock_bind) uint32_t sock_bind(int fd, const struct wasmedge_address *address, uint32_t port);
WASMEDGE(sock_connect) uint32_t sock_connect(int fd, const struct wasmedge_address *address, uint32_t port);
WASMEDGE(sock_listen) uint32_t sock_listen(int fd, int backlog);
WASMEDGE(sock_recv)
uint32_t sock_recv(int fd, const __wasi_iovec_t *iovs, uint32_t count, uint32_t flags, uint32_t *received, uint16_t *roflags);
WASMEDGE(sock_send)
uint32_t sock_send(int fd, const __wasi_ciovec_t *iovs, uint32_t count, uint32_t flags, uint32_t *sent);
WASMEDGE(sock_send_to)
uint32_t sock_send_to(int fd, const __wasi_ciovec_t *iovs, uint32_t count, const struct wasmedge_address *to, uint32_t port,
                      uint32_t flags, uint32_t *sent);
WASMEDGE(sock_shutdown) uint32_t sock_shutdown(int fd, uint32_t how);
WASMEDGE(sock_getsockopt) uint32_t sock_getsockopt(int fd, uint32_t level, uint32_t name, void *value, uint32_t *length);
WASMEDGE(sock_setsockopt) uint32_t sock_setsockopt(int fd, uint32_t level, uint32_t name, const void *value, uint32_t length);
WASMEDGE(sock_getaddrinfo)
uint32_t sock_getaddrinfo(const char *node, uint32_t node_len, const char *service, uint32_t service_len,
                          const struct wasmedge_addrinfo *hints, struct wasmedge_addrinfo **res, uint32_t max_len,
                          uint32_t *res_len);

/* The buffer is `address`'s own. */
static inline struct wasmedge_address wasmedge_address(const struct net_address *address) {
  return (struct wasmedge_address){(void *)address->bytes, address->family == NET_IPV4 ? 4 : 16};
}

static int net_open(enum net_family family, enum net_type type) {
  int fd;
  uint32_t error = sock_open(family == NET_IPV4 ? WASMEDGE_INET4 : WASMEDGE_INET6,
                             type == NET_STREAM ? WASMEDGE_STREAM : WASMEDGE_DGRAM, &fd);
  return error ? -(int)error : fd;
}

static int net_bind(int fd, const struct net_address *address) {
  struct wasmedge_address to = wasmedge_address(address);
  return -(int)sock_bind(fd, &to, address->port);
}

static int net_listen(int fd, int backlog) { return -(int)sock_listen(fd, backlog); }

static int net_connect(int fd, const struct net_address *address) {
  struct wasmedge_address to = wasmedge_address(address);
  return -(int)sock_connect(fd, &to, address->port);
}

static int net_send(int fd, const void *data, size_t length) {
  __wasi_ciovec_t iov = {data, length};
  uint32_t sent, error = sock_send(fd, &iov, 1, 0, &sent);
  return error ? -(int)error : (int)sent;
}

static int net_recv(int fd, void *into, size_t length) {
  __wasi_iovec_t iov = {into, length};
  uint16_t roflags;
  uint32_t received, error = sock_recv(fd, &iov, 1, 0, &received, &roflags);
  return error ? -(int)error : (int)received;
}

static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to) {
  __wasi_ciovec_t iov = {data, length};
  struct wasmedge_address address = wasmedge_address(to);
  uint32_t sent, error = sock_send_to(fd, &iov, 1, &address, to->port, 0, &sent);
  return error ? -(int)error : (int)sent;
}

static int net_shutdown(int fd, int ends) { return -(int)sock_shutdown(fd, ends); }

/* Both strings with their NUL, as WasmEdge's guests pass them. */
static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most) {
  struct wasmedge_addrinfo *list = calloc(most, sizeof *list), *head = list;
  struct wasmedge_sockaddr *addrs = calloc(most, sizeof *addrs);
  uint8_t(*data)[26] = calloc(most, sizeof *data);
  struct wasmedge_addrinfo hints = {.family = family == NET_IPV4 ? WASMEDGE_INET4 : WASMEDGE_INET6, .type = WASMEDGE_STREAM};
  uint32_t count = 0;
  char service[6], *digit = service + sizeof service - 1;
  *digit = 0;
  do *--digit = '0' + port % 10;
  while (port /= 10);
  for (int i = 0; i < most; i++) {
    addrs[i].length = sizeof *data;
    addrs[i].data = data[i];
    list[i].addr = &addrs[i];
    list[i].next = i + 1 < most ? &list[i + 1] : NULL;
  }
  uint32_t error = sock_getaddrinfo(name, strlen(name) + 1, digit, strlen(digit) + 1, &hints, &head, most, &count);
  for (uint32_t i = 0; i < count; i++) {
    found[i].family = addrs[i].family == WASMEDGE_INET4 ? NET_IPV4 : NET_IPV6;
    found[i].port = data[i][0] << 8 | data[i][1];
    memcpy(found[i].bytes, data[i] + 2, found[i].family == NET_IPV4 ? 4 : 16);
  }
  free(data), free(addrs), free(list);
  return error ? -(int)error : (int)count;
}

static int wasmedge_number(enum net_option option) {
  switch (option) {
  case NET_REUSE_ADDRESS: return WASMEDGE_REUSEADDR;
  case NET_KEEP_ALIVE: return WASMEDGE_KEEPALIVE;
  case NET_BROADCAST: return WASMEDGE_BROADCAST;
  case NET_NO_DELAY: return WASMEDGE_NODELAY;
  case NET_RECEIVE_TIMEOUT: return WASMEDGE_RCVTIMEO;
  case NET_SEND_TIMEOUT: return WASMEDGE_SNDTIMEO;
  case NET_LINGER: return WASMEDGE_LINGER;
  case NET_TYPE: return WASMEDGE_TYPE;
  case NET_ERROR: return WASMEDGE_ERROR;
  }
}

static uint32_t wasmedge_level(enum net_option option) { return option == NET_NO_DELAY ? WASMEDGE_SOL_TCP : WASMEDGE_SOL_SOCKET; }

static int net_set(int fd, enum net_option option, int value) {
  struct wasmedge_timeval time = {value / 1000, value % 1000 * 1000};
  struct wasmedge_linger linger = {value >= 0, value >= 0 ? value : 0};
  const void *from = &value;
  uint32_t length = sizeof value;
  if (option == NET_RECEIVE_TIMEOUT || option == NET_SEND_TIMEOUT) from = &time, length = sizeof time;
  if (option == NET_LINGER) from = &linger, length = sizeof linger;
  return -(int)sock_setsockopt(fd, wasmedge_level(option), wasmedge_number(option), from, length);
}

static int net_get(int fd, enum net_option option, int *value) {
  struct wasmedge_timeval time;
  struct wasmedge_linger linger;
  void *into = value;
  uint32_t length = sizeof *value;
  if (option == NET_RECEIVE_TIMEOUT || option == NET_SEND_TIMEOUT) into = &time, length = sizeof time;
  if (option == NET_LINGER) into = &linger, length = sizeof linger;
  uint32_t error = sock_getsockopt(fd, wasmedge_level(option), wasmedge_number(option), into, &length);
  if (error) return -(int)error;
  if (into == &time) *value = (int)(time.seconds * 1000 + time.microseconds / 1000);
  if (into == &linger) *value = linger.on ? linger.seconds : -1;
  if (option == NET_TYPE) *value = *value == WASMEDGE_STREAM ? NET_STREAM : NET_DGRAM;
  return 0;
}

static int net_serve(enum net_family family) {
  struct net_address here = {family, {0}, 0};
  if (family == NET_IPV4) memcpy(here.bytes, (uint8_t[]){127, 0, 0, 1}, 4);
  else here.bytes[15] = 1;
  int fd = net_open(family, NET_STREAM), error;
  if (fd < 0) return fd;
  if ((error = net_set(fd, NET_REUSE_ADDRESS, 1)) < 0) return error;
  if ((error = net_bind(fd, &here)) < 0) return error;
  if ((error = net_listen(fd, 16)) < 0) return error;
  return fd;
}

static int net_dial(const struct net_address *address) {
  int fd = net_open(address->family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_connect(fd, address);
  return error ? error : fd;
}

#endif
