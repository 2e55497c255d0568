/* Version 1 of WasmEdge's sockets: 16 bytes of address with the kind apart, and no port of whom a datagram is from. */
#ifndef WASMEDGE1_H
#define WASMEDGE1_H

#include "wasmedge.h"

WASMEDGE(sock_accept) uint32_t sock_accept(int fd, int *accepted);
WASMEDGE(sock_recv_from)
uint32_t sock_recv_from(int fd, const __wasi_iovec_t *iovs, uint32_t count, struct wasmedge_address *from, uint32_t flags,
                        uint32_t *received, uint16_t *roflags);
WASMEDGE(sock_getlocaladdr)
uint32_t sock_getlocaladdr(int fd, struct wasmedge_address *address, uint32_t *kind, uint32_t *port);
WASMEDGE(sock_getpeeraddr)
uint32_t sock_getpeeraddr(int fd, struct wasmedge_address *address, uint32_t *kind, uint32_t *port);

static int wasmedge_name(uint32_t call(int, struct wasmedge_address *, uint32_t *, uint32_t *), int fd, struct net_address *name) {
  memset(name, 0, sizeof *name);
  struct wasmedge_address into = {name->bytes, sizeof name->bytes};
  uint32_t kind, port, error = call(fd, &into, &kind, &port);
  if (error) return -(int)error;
  name->family = kind == 4 ? NET_IPV4 : NET_IPV6;
  name->port = port;
  return 0;
}

static int net_local(int fd, struct net_address *address) { return wasmedge_name(sock_getlocaladdr, fd, address); }
static int net_peer(int fd, struct net_address *address) { return wasmedge_name(sock_getpeeraddr, fd, address); }

static int net_accept(int fd, struct net_address *peer) {
  int accepted;
  uint32_t error = sock_accept(fd, &accepted);
  if (error) return -(int)error;
  int named = peer == NULL ? 0 : net_peer(accepted, peer);
  return named < 0 ? named : accepted;
}

/* The port stays 0. The family is the socket's own. */
static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) {
  struct net_address local;
  int error = net_local(fd, &local);
  if (error < 0) return error;
  memset(from, 0, sizeof *from);
  from->family = local.family;
  __wasi_iovec_t iov = {into, length};
  struct wasmedge_address address = {from->bytes, sizeof from->bytes};
  uint16_t roflags;
  uint32_t received;
  error = -(int)sock_recv_from(fd, &iov, 1, &address, 0, &received, &roflags);
  return error ? error : (int)received;
}

#endif
