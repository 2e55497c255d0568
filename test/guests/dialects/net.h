/*
 * What the guests of this folder ask of a dialect. Each dialect's header declares its imports and answers these by them. A result
 * is >= 0, or a negative WASI errno; -NET_ENOTSUP where the dialect has no such thing.
 */
#ifndef NET_H
#define NET_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

enum net_family { NET_IPV4 = 4, NET_IPV6 = 6 };
enum net_type { NET_STREAM, NET_DGRAM };
enum net_event { NET_READABLE = 1, NET_WRITABLE = 2 };
enum net_end { NET_READ_END = 1, NET_WRITE_END = 2 };
enum net_option {
  NET_REUSE_ADDRESS,
  NET_KEEP_ALIVE,
  NET_BROADCAST,
  NET_NO_DELAY,
  NET_RECEIVE_TIMEOUT, /* in ms; 0 is none */
  NET_SEND_TIMEOUT,
  NET_LINGER, /* in seconds; -1 is off */
  NET_TYPE,   /* answers a net_type; cannot be set */
  NET_ERROR,  /* answers a WASI errno; cannot be set */
};
#define NET_ENOTSUP __WASI_ERRNO_NOTSUP

struct net_address {
  enum net_family family;
  uint8_t bytes[16]; /* 4 or 16 of them, in network order */
  uint16_t port;     /* in host order */
};

static int net_open(enum net_family family, enum net_type type);
static int net_bind(int fd, const struct net_address *address);
static int net_listen(int fd, int backlog);
/* `peer` may be null. */
static int net_accept(int fd, struct net_address *peer);
static int net_connect(int fd, const struct net_address *address);
static int net_send(int fd, const void *data, size_t length);
static int net_recv(int fd, void *into, size_t length);
static int net_send_to(int fd, const void *data, size_t length, const struct net_address *to);
static int net_recv_from(int fd, void *into, size_t length, struct net_address *from);
static int net_local(int fd, struct net_address *address);
static int net_peer(int fd, struct net_address *address);
static int net_shutdown(int fd, int ends);
/* At most `most` IPv4 or IPv6 addresses of a name, with `port`; answers how many. */
static int net_resolve(const char *name, uint16_t port, enum net_family family, struct net_address *found, int most);
static int net_set(int fd, enum net_option option, int value);
static int net_get(int fd, enum net_option option, int *value);
/* Where connections come in: at 127.0.0.1, or [::1], on a port of the system's choice, unless the host has given one. */
static int net_serve(enum net_family family);
/* A connection to the host's port, or the one that the host has given. */
static int net_dial(const struct net_address *address);

/* What follows is preview 1's, which all of them have. */

static inline int net_close(int fd) { return -__wasi_fd_close(fd); }

static inline int net_block(int fd, int blocks) {
  return -__wasi_fd_fdstat_set_flags(fd, blocks ? 0 : __WASI_FDFLAGS_NONBLOCK);
}

/* Waits for one of `events`; answers those that have come, 0 when `timeout_ms` have passed. */
static inline int net_poll(int fd, int events, int timeout_ms) {
  __wasi_subscription_t wanted[3];
  __wasi_event_t found[3];
  __wasi_size_t count = 0, happened = 0;
  int result = 0;
  memset(wanted, 0, sizeof wanted);
  for (int event = NET_READABLE; event <= NET_WRITABLE; event <<= 1) {
    if (!(events & event)) continue;
    wanted[count].userdata = event;
    wanted[count].u.tag = event == NET_READABLE ? __WASI_EVENTTYPE_FD_READ : __WASI_EVENTTYPE_FD_WRITE;
    wanted[count++].u.u.fd_read.file_descriptor = fd;
  }
  wanted[count].u.tag = __WASI_EVENTTYPE_CLOCK;
  wanted[count].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  wanted[count++].u.u.clock.timeout = (__wasi_timestamp_t)timeout_ms * 1000000;
  __wasi_errno_t error = __wasi_poll_oneoff(wanted, found, count, &happened);
  if (error) return -error;
  for (__wasi_size_t i = 0; i < happened; i++) {
    if (found[i].error) return -found[i].error;
    result |= (int)found[i].userdata;
  }
  return result;
}

#endif
