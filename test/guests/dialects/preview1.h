/* WASI preview 1 has four functions for sockets, and none that opens one: descriptor 3 is what the host hands over. */
#ifndef PREVIEW1_H
#define PREVIEW1_H

#include "net.h"

#define PREVIEW1_HANDED_OVER 3

static int net_open(enum net_family family, enum net_type type) { return -NET_ENOTSUP; }
static int net_bind(int fd, const struct net_address *address) { return -NET_ENOTSUP; }
static int net_listen(int fd, int backlog) { return -NET_ENOTSUP; }
static int net_connect(int fd, const struct net_address *address) { return -NET_ENOTSUP; }

/* It does not say who connects. */
static int net_accept(int fd, struct net_address *peer) {
  __wasi_fd_t accepted;
  if (peer != NULL) memset(peer, 0, sizeof *peer);
  int error = __wasi_sock_accept(fd, 0, &accepted);
  return error ? -error : (int)accepted;
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

static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to) { return -NET_ENOTSUP; }
static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) { return -NET_ENOTSUP; }
static int net_local(int fd, struct net_address *address) { return -NET_ENOTSUP; }
static int net_peer(int fd, struct net_address *address) { return -NET_ENOTSUP; }

static int net_shutdown(int fd, int ends) { return -__wasi_sock_shutdown(fd, ends); }

static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most) {
  return -NET_ENOTSUP;
}

static int net_set(int fd, enum net_option option, int value) { return -NET_ENOTSUP; }
static int net_get(int fd, enum net_option option, int *value) { return -NET_ENOTSUP; }

static int net_serve(enum net_family family) { return PREVIEW1_HANDED_OVER; }
static int net_dial(const struct net_address *address) { return PREVIEW1_HANDED_OVER; }

#endif
