/* Version 2 of WasmEdge's sockets: 128 bytes of address, which say the family. */
#ifndef WASMEDGE2_H
#define WASMEDGE2_H

#include "wasmedge.h"

struct wasmedge_storage {
  uint16_t family;
  uint8_t bytes[126];
};

WASMEDGE(sock_accept) uint32_t sock_accept(int fd, uint32_t flags, int *accepted);
WASMEDGE(sock_recv_from)
uint32_t sock_recv_from(int fd, const __wasi_iovec_t *iovs, uint32_t count, struct wasmedge_address *from, uint32_t flags,
                        uint32_t *port, uint32_t *received, uint16_t *roflags);
WASMEDGE(sock_getlocaladdr) uint32_t sock_getlocaladdr(int fd, struct wasmedge_address *address, uint32_t *port);
WASMEDGE(sock_getpeeraddr) uint32_t sock_getpeeraddr(int fd, struct wasmedge_address *address, uint32_t *port);

static void wasmedge_read(const struct wasmedge_storage *storage, uint32_t port, struct net_address *address) {
  address->family = storage->family == WASMEDGE_INET4 ? NET_IPV4 : NET_IPV6;
  address->port = port;
  memcpy(address->bytes, storage->bytes, sizeof address->bytes);
}

static int wasmedge_name(uint32_t call(int, struct wasmedge_address *, uint32_t *), int fd, struct net_address *name) {
  struct wasmedge_storage storage = {0};
  struct wasmedge_address into = {&storage, sizeof storage};
  uint32_t port, error = call(fd, &into, &port);
  if (error) return -(int)error;
  wasmedge_read(&storage, port, name);
  return 0;
}

static int net_local(int fd, struct net_address *address) { return wasmedge_name(sock_getlocaladdr, fd, address); }
static int net_peer(int fd, struct net_address *address) { return wasmedge_name(sock_getpeeraddr, fd, address); }

static int net_accept(int fd, struct net_address *peer) {
  int accepted;
  uint32_t error = sock_accept(fd, 0, &accepted);
  if (error) return -(int)error;
  int named = peer == NULL ? 0 : net_peer(accepted, peer);
  return named < 0 ? named : accepted;
}

static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) {
  struct wasmedge_storage storage = {0};
  struct wasmedge_address address = {&storage, sizeof storage};
  __wasi_iovec_t iov = {into, length};
  uint16_t roflags;
  uint32_t port, received, error = sock_recv_from(fd, &iov, 1, &address, 0, &port, &received, &roflags);
  if (error) return -(int)error;
  wasmedge_read(&storage, port, from);
  return received;
}

#endif
