/* The dialect of WASIX, module wasix_32v1, as its libc speaks it: structures and option numbers of wasi/api_wasix.h. */
#ifndef NET_WASIX_H
#define NET_WASIX_H

#include "net.h"

enum { WASIX_INET4 = 1, WASIX_INET6 = 2, WASIX_STREAM = 1, WASIX_DGRAM = 2, WASIX_TCP = 6, WASIX_UDP = 17 };
enum {
  WASIX_REUSE_ADDR = 2,
  WASIX_NO_DELAY = 3,
  WASIX_BROADCAST = 6,
  WASIX_LAST_ERROR = 11,
  WASIX_KEEP_ALIVE = 12,
  WASIX_LINGER = 13,
  WASIX_RECV_TIMEOUT = 19,
  WASIX_SEND_TIMEOUT = 20,
  WASIX_TYPE = 25,
};

struct wasix_ip4_port {
  uint16_t port; /* in host order */
  uint8_t bytes[4];
};
struct wasix_ip6_port {
  uint16_t port;
  uint8_t bytes[16];
  uint16_t flow[2], scope[2];
};
struct wasix_addr_port {
  uint8_t tag;
  union {
    struct wasix_ip4_port inet4;
    struct wasix_ip6_port inet6;
    uint8_t unix[108];
  } u;
};
struct wasix_addr_ip {
  uint8_t tag;
  union {
    uint8_t inet4[4];
    uint16_t inet6[8];
  } u;
};
struct wasix_option_timestamp {
  uint8_t is_some;
  uint64_t ns;
};
_Static_assert(sizeof(struct wasix_addr_port) == 110, "__wasi_addr_port_t");
_Static_assert(sizeof(struct wasix_addr_ip) == 18, "__wasi_addr_ip_t");
_Static_assert(sizeof(struct wasix_option_timestamp) == 16, "__wasi_option_timestamp_t");

#define WASIX(name, ...) IMPORT("wasix_32v1", #name) int32_t wasix_##name(__VA_ARGS__)
WASIX(sock_open, int32_t family, int32_t type, int32_t protocol, int32_t *fd);
WASIX(sock_bind, int32_t fd, const struct wasix_addr_port *address);
WASIX(sock_listen, int32_t fd, int32_t backlog);
WASIX(sock_accept_v2, int32_t fd, int32_t flags, int32_t *accepted, struct wasix_addr_port *peer);
WASIX(sock_connect, int32_t fd, const struct wasix_addr_port *address);
WASIX(sock_recv_from, int32_t fd, const __wasi_iovec_t *iovs, uint32_t count, int32_t flags, uint32_t *received,
      uint16_t *roflags, struct wasix_addr_port *from);
WASIX(sock_send_to, int32_t fd, const __wasi_ciovec_t *iovs, uint32_t count, int32_t flags,
      const struct wasix_addr_port *to, uint32_t *sent);
WASIX(sock_addr_local, int32_t fd, struct wasix_addr_port *address);
WASIX(sock_addr_peer, int32_t fd, struct wasix_addr_port *address);
WASIX(sock_set_opt_flag, int32_t fd, int32_t option, int32_t flag);
WASIX(sock_get_opt_flag, int32_t fd, int32_t option, uint8_t *flag);
WASIX(sock_set_opt_time, int32_t fd, int32_t option, const struct wasix_option_timestamp *time);
WASIX(sock_get_opt_time, int32_t fd, int32_t option, struct wasix_option_timestamp *time);
WASIX(sock_get_opt_size, int32_t fd, int32_t option, uint64_t *size);
WASIX(resolve, const char *host, uint32_t length, int32_t port, struct wasix_addr_ip *found, uint32_t most,
      uint32_t *count);

static struct wasix_addr_port wasix_address(const struct net_address *from) {
  struct wasix_addr_port to;
  memset(&to, 0, sizeof to);
  if (from->family == NET_IPV4) {
    to.tag = WASIX_INET4;
    to.u.inet4.port = from->port;
    memcpy(to.u.inet4.bytes, from->bytes, 4);
  } else {
    to.tag = WASIX_INET6;
    to.u.inet6.port = from->port;
    memcpy(to.u.inet6.bytes, from->bytes, 16);
  }
  return to;
}

static int wasix_give(int32_t error, const struct wasix_addr_port *from, struct net_address *to) {
  if (error) return -error;
  if (!to) return 0;
  if (from->tag != WASIX_INET4 && from->tag != WASIX_INET6) return -__WASI_ERRNO_AFNOSUPPORT;
  memset(to, 0, sizeof *to);
  int is4 = from->tag == WASIX_INET4;
  to->family = is4 ? NET_IPV4 : NET_IPV6;
  to->port = is4 ? from->u.inet4.port : from->u.inet6.port;
  memcpy(to->bytes, is4 ? from->u.inet4.bytes : from->u.inet6.bytes, is4 ? 4 : 16);
  return 0;
}

static int net_open(enum net_family family, enum net_type type) {
  int32_t fd;
  int32_t error = wasix_sock_open(family == NET_IPV4 ? WASIX_INET4 : WASIX_INET6,
                                  type == NET_STREAM ? WASIX_STREAM : WASIX_DGRAM,
                                  type == NET_STREAM ? WASIX_TCP : WASIX_UDP, &fd);
  return error ? -error : fd;
}

static int net_bind(int fd, const struct net_address *address) {
  struct wasix_addr_port to = wasix_address(address);
  return -wasix_sock_bind(fd, &to);
}

static int net_listen(int fd, int backlog) { return -wasix_sock_listen(fd, backlog); }

static int net_accept(int fd, struct net_address *peer) {
  struct wasix_addr_port from;
  int32_t accepted;
  int32_t error = wasix_sock_accept_v2(fd, 0, &accepted, &from);
  int result = wasix_give(error, &from, peer);
  return result ? result : accepted;
}

static int net_connect(int fd, const struct net_address *address) {
  struct wasix_addr_port to = wasix_address(address);
  return -wasix_sock_connect(fd, &to);
}

/* Both are preview 1's in WASIX too. */
static int net_send(int fd, const void *data, size_t length) {
  __wasi_ciovec_t iov = {data, length};
  __wasi_size_t sent;
  __wasi_errno_t error = __wasi_sock_send(fd, &iov, 1, 0, &sent);
  return error ? -error : (int)sent;
}

static int net_recv(int fd, void *into, size_t length) {
  __wasi_iovec_t iov = {into, length};
  __wasi_size_t received;
  __wasi_roflags_t roflags;
  __wasi_errno_t error = __wasi_sock_recv(fd, &iov, 1, 0, &received, &roflags);
  return error ? -error : (int)received;
}

static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to) {
  __wasi_ciovec_t iov = {data, length};
  struct wasix_addr_port address = wasix_address(to);
  uint32_t sent;
  int32_t error = wasix_sock_send_to(fd, &iov, 1, 0, &address, &sent);
  return error ? -error : (int)sent;
}

static int net_recv_from(int fd, void *into, size_t length, struct net_address *from) {
  __wasi_iovec_t iov = {into, length};
  struct wasix_addr_port address;
  uint32_t received;
  uint16_t roflags;
  int32_t error = wasix_sock_recv_from(fd, &iov, 1, 0, &received, &roflags, &address);
  int result = wasix_give(error, &address, from);
  return result ? result : (int)received;
}

static int net_local(int fd, struct net_address *address) {
  struct wasix_addr_port found;
  int32_t error = wasix_sock_addr_local(fd, &found);
  return wasix_give(error, &found, address);
}

static int net_peer(int fd, struct net_address *address) {
  struct wasix_addr_port found;
  int32_t error = wasix_sock_addr_peer(fd, &found);
  return wasix_give(error, &found, address);
}

/* Preview 1's directions have the same bits. */
static int net_shutdown(int fd, int ends) { return -__wasi_sock_shutdown(fd, ends); }

/* The family is the caller's to choose from what is found. */
static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most) {
  struct wasix_addr_ip all[32];
  uint32_t count;
  int32_t error = wasix_resolve(name, strlen(name), port, all, 32, &count);
  if (error) return -error;
  int kept = 0;
  for (uint32_t i = 0; i < count && kept < most; i++) {
    if (all[i].tag != (family == NET_IPV4 ? WASIX_INET4 : WASIX_INET6)) continue;
    struct net_address *to = &found[kept++];
    memset(to, 0, sizeof *to);
    to->family = family;
    to->port = port;
    memcpy(to->bytes, &all[i].u, family == NET_IPV4 ? 4 : 16);
  }
  return kept;
}

static int wasix_flag(enum net_option option) {
  switch (option) {
    case NET_REUSE_ADDRESS: return WASIX_REUSE_ADDR;
    case NET_KEEP_ALIVE: return WASIX_KEEP_ALIVE;
    case NET_BROADCAST: return WASIX_BROADCAST;
    case NET_NO_DELAY: return WASIX_NO_DELAY;
    default: return 0;
  }
}

static int wasix_time(enum net_option option) {
  switch (option) {
    case NET_RECEIVE_TIMEOUT: return WASIX_RECV_TIMEOUT;
    case NET_SEND_TIMEOUT: return WASIX_SEND_TIMEOUT;
    case NET_LINGER: return WASIX_LINGER;
    default: return 0;
  }
}

/* A linger of 0 seconds is one; a timeout of 0 ms is none. */
static int net_set(int fd, enum net_option option, int value) {
  if (wasix_flag(option)) return -wasix_sock_set_opt_flag(fd, wasix_flag(option), value != 0);
  if (!wasix_time(option)) return -NET_ENOTSUP;
  struct wasix_option_timestamp time;
  time.is_some = option == NET_LINGER ? value >= 0 : value > 0;
  time.ns = (uint64_t)value * (option == NET_LINGER ? 1000000000 : 1000000);
  return -wasix_sock_set_opt_time(fd, wasix_time(option), &time);
}

static int net_get(int fd, enum net_option option, int *value) {
  int32_t error;
  if (wasix_flag(option)) {
    uint8_t flag = 0;
    error = wasix_sock_get_opt_flag(fd, wasix_flag(option), &flag);
    *value = flag;
  } else if (wasix_time(option)) {
    struct wasix_option_timestamp time = {0, 0};
    error = wasix_sock_get_opt_time(fd, wasix_time(option), &time);
    int none = option == NET_LINGER ? -1 : 0;
    *value = time.is_some ? (int)(time.ns / (option == NET_LINGER ? 1000000000 : 1000000)) : none;
  } else {
    uint64_t size = 0;
    error = wasix_sock_get_opt_size(fd, option == NET_TYPE ? WASIX_TYPE : WASIX_LAST_ERROR, &size);
    *value = option == NET_TYPE ? (size == WASIX_STREAM ? NET_STREAM : NET_DGRAM) : (int)size;
  }
  return -error;
}

static int net_serve(enum net_family family) {
  struct net_address loopback = {family, {127, 0, 0, 1}, 0};
  if (family == NET_IPV6) {
    memset(loopback.bytes, 0, 16);
    loopback.bytes[15] = 1;
  }
  int fd = net_open(family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_set(fd, NET_REUSE_ADDRESS, 1);
  if (!error) error = net_bind(fd, &loopback);
  if (!error) error = net_listen(fd, 16);
  if (!error) return fd;
  net_close(fd);
  return error;
}

static int net_dial(const struct net_address *address) {
  int fd = net_open(address->family, NET_STREAM);
  if (fd < 0) return fd;
  int error = net_connect(fd, address);
  if (!error) return fd;
  net_close(fd);
  return error;
}

#endif
