/*
 * The socket extension of WAMR, as its guest library wasi_socket_ext uses it. sock_accept does not say who connects: `peer` is zeros,
 * and sock_addr_remote is there to be asked. There is nothing like SO_TYPE and SO_ERROR.
 */
#ifndef WAMR_H
#define WAMR_H

#include <stdbool.h>
#include <stdio.h>
#include "net.h"

enum { WAMR_INET4, WAMR_INET6 };
enum { WAMR_DGRAM, WAMR_STREAM };
enum { WAMR_IPV4, WAMR_IPV6 };

/* Ports and the groups of IPv6 are numbers. */
struct wamr_address {
  int32_t kind;
  union {
    struct {
      uint8_t bytes[4];
      uint16_t port;
    } four;
    struct {
      uint16_t groups[8];
      uint16_t port;
    } six;
  } at;
};
struct wamr_info {
  struct wamr_address address;
  int32_t type;
};
struct wamr_hints {
  int32_t type;
  int32_t family;
  uint8_t enabled;
};
_Static_assert(sizeof(struct wamr_address) == 24 && sizeof(struct wamr_info) == 28 && sizeof(struct wamr_hints) == 12,
               "as WAMR has them");

#define WAMR(name) IMPORT("wasi_snapshot_preview1", #name)

WAMR(sock_open) int sock_open(int poolfd, int af, int socktype, int *fd);
WAMR(sock_bind) int sock_bind(int fd, const struct wamr_address *address);
WAMR(sock_connect) int sock_connect(int fd, const struct wamr_address *address);
WAMR(sock_listen) int sock_listen(int fd, int backlog);
WAMR(sock_addr_local) int sock_addr_local(int fd, struct wamr_address *address);
WAMR(sock_addr_remote) int sock_addr_remote(int fd, struct wamr_address *address);
WAMR(sock_recv_from)
int sock_recv_from(int fd, const __wasi_iovec_t *iovs, int count, int flags, struct wamr_address *from, uint32_t *got);
WAMR(sock_send_to)
int sock_send_to(int fd, const __wasi_ciovec_t *iovs, int count, int flags, const struct wamr_address *to, uint32_t *sent);
WAMR(sock_addr_resolve)
int sock_addr_resolve(const char *host, const char *service, const struct wamr_hints *hints, struct wamr_info *found, uint32_t room,
                      uint32_t *available);

#define WAMR_OPTION(name, gets, sets)                        \
  WAMR(sock_get_##name) int sock_get_##name(int fd, gets *); \
  WAMR(sock_set_##name) int sock_set_##name(int fd, sets);
WAMR_OPTION(reuse_addr, bool, int)
WAMR_OPTION(keep_alive, bool, int)
WAMR_OPTION(broadcast, bool, int)
WAMR_OPTION(tcp_no_delay, bool, int)
WAMR_OPTION(recv_timeout, uint64_t, int64_t)
WAMR_OPTION(send_timeout, uint64_t, int64_t)
WAMR(sock_get_linger) int sock_get_linger(int fd, bool *on, int *seconds);
WAMR(sock_set_linger) int sock_set_linger(int fd, int on, int seconds);

static struct wamr_address wamr_address(const struct net_address *address) {
  struct wamr_address made = {.kind = address->family == NET_IPV4 ? WAMR_IPV4 : WAMR_IPV6};
  if (address->family == NET_IPV4) {
    memcpy(made.at.four.bytes, address->bytes, 4);
    made.at.four.port = address->port;
    return made;
  }
  for (int i = 0; i < 8; i++) made.at.six.groups[i] = address->bytes[2 * i] << 8 | address->bytes[2 * i + 1];
  made.at.six.port = address->port;
  return made;
}

static struct net_address wamr_read(const struct wamr_address *address) {
  struct net_address read = {.family = address->kind == WAMR_IPV4 ? NET_IPV4 : NET_IPV6};
  if (address->kind == WAMR_IPV4) {
    memcpy(read.bytes, address->at.four.bytes, 4);
    read.port = address->at.four.port;
    return read;
  }
  for (int i = 0; i < 16; i++) read.bytes[i] = address->at.six.groups[i / 2] >> (i % 2 ? 0 : 8);
  read.port = address->at.six.port;
  return read;
}

static int net_open(enum net_family family, enum net_type type) {
  int fd;
  int error = sock_open(-1, family == NET_IPV4 ? WAMR_INET4 : WAMR_INET6, type == NET_STREAM ? WAMR_STREAM : WAMR_DGRAM, &fd);
  return error ? -error : fd;
}

static int net_bind(int fd, const struct net_address *address) {
  struct wamr_address to = wamr_address(address);
  return -sock_bind(fd, &to);
}

static int net_connect(int fd, const struct net_address *address) {
  struct wamr_address to = wamr_address(address);
  return -sock_connect(fd, &to);
}

static int net_listen(int fd, int backlog) { return -sock_listen(fd, backlog); }

static int net_accept(int fd, struct net_address *peer) {
  __wasi_fd_t accepted;
  int error = __wasi_sock_accept(fd, 0, &accepted);
  if (error) return -error;
  if (peer != NULL) error = net_peer(accepted, peer);
  return error < 0 ? error : (int)accepted;
}

static int net_send(int fd, const void *data, size_t length) {
  __wasi_ciovec_t piece = {data, length};
  __wasi_size_t sent;
  int error = __wasi_sock_send(fd, &piece, 1, 0, &sent);
  return error ? -error : (int)sent;
}

static int net_recv(int fd, void *into, size_t length) {
  __wasi_iovec_t place = {into, length};
  __wasi_size_t received;
  __wasi_roflags_t flags;
  int error = __wasi_sock_recv(fd, &place, 1, 0, &received, &flags);
  return error ? -error : (int)received;
}

static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to) {
  __wasi_ciovec_t piece = {data, length};
  struct wamr_address address = wamr_address(to);
  uint32_t sent;
  int error = sock_send_to(fd, &piece, 1, 0, &address, &sent);
  return error ? -error : (int)sent;
}

static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) {
  __wasi_iovec_t place = {into, length};
  struct wamr_address address;
  uint32_t received;
  int error = sock_recv_from(fd, &place, 1, 0, &address, &received);
  if (error) return -error;
  *from = wamr_read(&address);
  return received;
}

static int wamr_name(int error, const struct wamr_address *found, struct net_address *address) {
  if (!error) *address = wamr_read(found);
  return -error;
}

static int net_local(int fd, struct net_address *address) {
  struct wamr_address found;
  return wamr_name(sock_addr_local(fd, &found), &found, address);
}

static int net_peer(int fd, struct net_address *address) {
  struct wamr_address found;
  return wamr_name(sock_addr_remote(fd, &found), &found, address);
}

static int net_shutdown(int fd, int ends) { return -__wasi_sock_shutdown(fd, ends); }

static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most) {
  struct wamr_hints hints = {WAMR_STREAM, family == NET_IPV4 ? WAMR_INET4 : WAMR_INET6, 1};
  struct wamr_info *results = malloc(most * sizeof *results);
  uint32_t available;
  char service[6];
  snprintf(service, sizeof service, "%d", port);
  int error = sock_addr_resolve(name, service, &hints, results, most, &available);
  int count = error ? -error : (int)available < most ? (int)available : most;
  for (int i = 0; i < count; i++) found[i] = wamr_read(&results[i].address);
  free(results);
  return count;
}

static int net_set(int fd, enum net_option option, int value) {
  switch (option) {
  case NET_REUSE_ADDRESS: return -sock_set_reuse_addr(fd, value);
  case NET_KEEP_ALIVE: return -sock_set_keep_alive(fd, value);
  case NET_BROADCAST: return -sock_set_broadcast(fd, value);
  case NET_NO_DELAY: return -sock_set_tcp_no_delay(fd, value);
  case NET_RECEIVE_TIMEOUT: return -sock_set_recv_timeout(fd, value * 1000ll);
  case NET_SEND_TIMEOUT: return -sock_set_send_timeout(fd, value * 1000ll);
  case NET_LINGER: return -sock_set_linger(fd, value >= 0, value >= 0 ? value : 0);
  default: return -NET_ENOTSUP;
  }
}

/* Of what is on or off one byte is written, whatever the guest has place for. */
static int wamr_flag(int (*get)(int, bool *), int fd, int *value) {
  *value = 0;
  return -get(fd, (bool *)value);
}

static int wamr_time(int (*get)(int, uint64_t *), int fd, int *value) {
  uint64_t microseconds = 0;
  int error = get(fd, &microseconds);
  *value = (int)(microseconds / 1000);
  return -error;
}

static int net_get(int fd, enum net_option option, int *value) {
  bool on;
  int error;
  switch (option) {
  case NET_REUSE_ADDRESS: return wamr_flag(sock_get_reuse_addr, fd, value);
  case NET_KEEP_ALIVE: return wamr_flag(sock_get_keep_alive, fd, value);
  case NET_BROADCAST: return wamr_flag(sock_get_broadcast, fd, value);
  case NET_NO_DELAY: return wamr_flag(sock_get_tcp_no_delay, fd, value);
  case NET_RECEIVE_TIMEOUT: return wamr_time(sock_get_recv_timeout, fd, value);
  case NET_SEND_TIMEOUT: return wamr_time(sock_get_send_timeout, fd, value);
  case NET_LINGER:
    error = sock_get_linger(fd, &on, value);
    if (!error && !on) *value = -1;
    return -error;
  default: return -NET_ENOTSUP;
  }
}

static int net_serve(enum net_family family) {
  struct net_address loopback = {family, {0}, 0};
  if (family == NET_IPV4) memcpy(loopback.bytes, (uint8_t[]){127, 0, 0, 1}, 4);
  else loopback.bytes[15] = 1;
  int fd = net_open(family, NET_STREAM), error;
  if (fd < 0) return fd;
  if ((error = net_set(fd, NET_REUSE_ADDRESS, 1)) < 0 || (error = net_bind(fd, &loopback)) < 0) return error;
  return (error = net_listen(fd, 16)) < 0 ? error : fd;
}

static int net_dial(const struct net_address *address) {
  int fd = net_open(address->family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_connect(fd, address);
  return error ? error : fd;
}

#endif
