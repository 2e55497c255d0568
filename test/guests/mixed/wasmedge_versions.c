/* Mixes WasmEdge's versions, as its Rust crate does: accept and getlocaladdr of 1, recv_from of 2. Echoes one connection and one datagram. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

struct address {
  uint8_t *bytes;
  uint32_t size;
};

IMPORT(sock_open) uint32_t sock_open(uint32_t family, uint32_t type, uint32_t *fd);
IMPORT(sock_bind) uint32_t sock_bind(uint32_t fd, const struct address *address, uint32_t port);
IMPORT(sock_listen) uint32_t sock_listen(uint32_t fd, uint32_t backlog);
IMPORT(sock_accept) uint32_t sock_accept(uint32_t fd, uint32_t *accepted);
IMPORT(sock_getlocaladdr)
uint32_t sock_getlocaladdr(uint32_t fd, struct address *address, uint32_t *type, uint32_t *port);
IMPORT(sock_recv)
uint32_t sock_recv(uint32_t fd, const struct address *buffers, uint32_t count, uint32_t flags, uint32_t *received,
                   uint32_t *roflags);
IMPORT(sock_send)
uint32_t sock_send(uint32_t fd, const struct address *buffers, uint32_t count, uint32_t flags, uint32_t *sent);
IMPORT(sock_recv_from)
uint32_t sock_recv_from(uint32_t fd, const struct address *buffers, uint32_t count, struct address *from,
                        uint32_t flags, uint32_t *port, uint32_t *received, uint32_t *roflags);
IMPORT(sock_send_to)
uint32_t sock_send_to(uint32_t fd, const struct address *buffers, uint32_t count, const struct address *to,
                      uint32_t port, uint32_t flags, uint32_t *sent);

IMPORT(sock_shutdown) uint32_t sock_shutdown(uint32_t fd, uint32_t how);

enum { INET4 = 1, DATAGRAM = 1, STREAM = 2, SHUTDOWN_WRITE = 2 };

static void well(const char *what, uint32_t error) {
  if (error == 0) return;
  printf("%s failed with %u\n", what, error);
  exit(1);
}

static uint32_t bound(uint32_t type) {
  uint8_t loopback[4] = {127, 0, 0, 1}, found[16];
  struct address address = {loopback, 4}, local = {found, 16};
  uint32_t fd, kind, port;
  well("sock_open", sock_open(INET4, type, &fd));
  well("sock_bind", sock_bind(fd, &address, 0));
  if (type == STREAM) well("sock_listen", sock_listen(fd, 8));
  well("sock_getlocaladdr", sock_getlocaladdr(fd, &local, &kind, &port));
  printf("port %u of %d.%d.%d.%d, type %u\n", port, found[0], found[1], found[2], found[3], kind);
  fflush(stdout);
  return fd;
}

int main(void) {
  uint8_t bytes[1000], storage[128];
  uint32_t connection, length, flags, port = 0;
  struct address whole = {bytes, sizeof bytes}, from = {storage, sizeof storage};
  uint32_t listener = bound(STREAM);
  well("sock_accept", sock_accept(listener, &connection));
  for (;;) {
    well("sock_recv", sock_recv(connection, &whole, 1, 0, &length, &flags));
    if (length == 0) break;
    struct address part = {bytes, length};
    well("sock_send", sock_send(connection, &part, 1, 0, &length));
  }
  well("sock_shutdown", sock_shutdown(connection, SHUTDOWN_WRITE));
  uint32_t socket = bound(DATAGRAM);
  well("sock_recv_from", sock_recv_from(socket, &whole, 1, &from, 0, &port, &length, &flags));
  printf("%u bytes from %d.%d.%d.%d\n", length, storage[2], storage[3], storage[4], storage[5]);
  struct address part = {bytes, length}, back = {storage + 2, 4};
  well("sock_send_to", sock_send_to(socket, &part, 1, &back, port, 0, &length));
  return 0;
}
