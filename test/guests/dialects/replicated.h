/* The dialect of replicated servers: no header of its own, no bind, no names of sockets, no look-ups, plain buffers. */
#ifndef REPLICATED_H
#define REPLICATED_H

#include "net.h"

#define REPLICATED(name) IMPORT("wasi_snapshot_preview1", #name)

REPLICATED(sock_open) int sock_open(int domain, int socktype, int protocol, int *fd);
REPLICATED(sock_connect) int sock_connect(int fd, const void *addr, int addrlen);
REPLICATED(sock_listen) int sock_listen(int fd, int backlog);
REPLICATED(sock_accept) int sock_accept(int fd, int flags, int *accepted);
REPLICATED(sock_recv) int sock_recv(int fd, void *buf, int len, int flags, int *received, int *roflags);
REPLICATED(sock_send) int sock_send(int fd, const void *buf, int len, int flags, int *sent);
REPLICATED(sock_shutdown) int sock_shutdown(int fd, int how);
REPLICATED(sock_close) int sock_close(int fd);

/* Its three errnos in WASI's numbers; others are WASI's already. */
static int replicated_result(int error) {
  switch (error) {
  case 1: return -__WASI_ERRNO_INVAL;
  case 11: return -__WASI_ERRNO_AGAIN;
  case 76: return -__WASI_ERRNO_MFILE;
  default: return -error;
  }
}

static int net_open(enum net_family family, enum net_type type) {
  int fd;
  if (family != NET_IPV4) return -NET_ENOTSUP;
  int error = sock_open(2, type == NET_STREAM ? 1 : 2, 0, &fd);
  return error ? replicated_result(error) : fd;
}

static int net_bind(int fd, const struct net_address *address) { return -NET_ENOTSUP; }

static int net_listen(int fd, int backlog) { return replicated_result(sock_listen(fd, backlog)); }

static int net_accept(int fd, struct net_address *peer) {
  int accepted;
  if (peer != NULL) memset(peer, 0, sizeof *peer);
  int error = sock_accept(fd, 0, &accepted);
  return error ? replicated_result(error) : accepted;
}

static int net_connect(int fd, const struct net_address *address) {
  uint8_t addr[16] = {2, 0, address->port >> 8, address->port & 0xff};
  memcpy(addr + 4, address->bytes, 4);
  return replicated_result(sock_connect(fd, addr, sizeof addr));
}

static int net_send(int fd, const void *data, size_t length) {
  int sent;
  int error = sock_send(fd, data, length, 0, &sent);
  return error ? replicated_result(error) : sent;
}

static int net_recv(int fd, void *into, size_t length) {
  int received;
  int error = sock_recv(fd, into, length, 0, &received, NULL);
  return error ? replicated_result(error) : received;
}

static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to) { return -NET_ENOTSUP; }
static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) { return -NET_ENOTSUP; }
static int net_local(int fd, struct net_address *address) { return -NET_ENOTSUP; }
static int net_peer(int fd, struct net_address *address) { return -NET_ENOTSUP; }

static int net_shutdown(int fd, int ends) { return replicated_result(sock_shutdown(fd, ends)); }

static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most) {
  return -NET_ENOTSUP;
}

static int net_set(int fd, enum net_option option, int value) { return -NET_ENOTSUP; }
static int net_get(int fd, enum net_option option, int *value) { return -NET_ENOTSUP; }

static int net_serve(enum net_family family) {
  int fd = net_open(family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_listen(fd, 16);
  return error ? error : fd;
}

static int net_dial(const struct net_address *address) {
  int fd = net_open(address->family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_connect(fd, address);
  return error ? error : fd;
}

#endif
