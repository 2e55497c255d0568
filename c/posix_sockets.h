/* posix_sockets.h: POSIX sockets for WebAssembly guests, as imports of module "posix_sockets".
 *
 * Header-only. Every function returns a value >= 0, or a negative errno in WASI's numbering (WASM_E…), so that
 * -result fits the errno.h and strerror of wasi-libc. Structures and constants are laid out as on 32-bit Linux.
 * The names are prefixed, so that this header also compiles beside a libc's own socket headers, and in C++.
 */
#ifndef POSIX_SOCKETS_H
#define POSIX_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__wasm__)
#define WASM_SOCK_IMPORT(name) __attribute__((import_module("posix_sockets"), import_name(#name)))
#else
#define WASM_SOCK_IMPORT(name)
#endif

/* ---- Constants ------------------------------------------------------------------------------------------------ */

enum { WASM_AF_UNSPEC = 0, WASM_AF_UNIX = 1, WASM_AF_INET = 2, WASM_AF_INET6 = 10 };

enum {
  WASM_SOCK_STREAM = 1,
  WASM_SOCK_DGRAM = 2,
  WASM_SOCK_NONBLOCK = 0x800, /* or-ed to the type */
  WASM_SOCK_CLOEXEC = 0x80000 /* kept, and without effect: a guest cannot exec */
};

enum { WASM_IPPROTO_IP = 0, WASM_IPPROTO_TCP = 6, WASM_IPPROTO_UDP = 17, WASM_IPPROTO_IPV6 = 41 };

enum { WASM_SHUT_RD = 0, WASM_SHUT_WR = 1, WASM_SHUT_RDWR = 2 };

enum {
  WASM_MSG_OOB = 0x1, /* refused: EOPNOTSUPP */
  WASM_MSG_PEEK = 0x2,
  WASM_MSG_CTRUNC = 0x8,
  WASM_MSG_TRUNC = 0x20,
  WASM_MSG_DONTWAIT = 0x40,
  WASM_MSG_WAITALL = 0x100,
  WASM_MSG_NOSIGNAL = 0x4000
};

enum { WASM_SOL_SOCKET = 1 };

/* level WASM_SOL_SOCKET */
enum {
  WASM_SO_REUSEADDR = 2,
  WASM_SO_TYPE = 3,
  WASM_SO_ERROR = 4,
  WASM_SO_BROADCAST = 6,
  WASM_SO_SNDBUF = 7,
  WASM_SO_RCVBUF = 8,
  WASM_SO_KEEPALIVE = 9,
  WASM_SO_LINGER = 13,
  WASM_SO_REUSEPORT = 15,
  WASM_SO_RCVTIMEO = 66, /* struct wasm_timeval */
  WASM_SO_SNDTIMEO = 67, /* struct wasm_timeval */
  WASM_SO_ACCEPTCONN = 30,
  WASM_SO_PROTOCOL = 38,
  WASM_SO_DOMAIN = 39
};

/* level WASM_IPPROTO_TCP */
enum { WASM_TCP_NODELAY = 1, WASM_TCP_KEEPIDLE = 4, WASM_TCP_KEEPINTVL = 5, WASM_TCP_KEEPCNT = 6 };

/* level WASM_IPPROTO_IP */
enum {
  WASM_IP_TTL = 2,
  WASM_IP_MULTICAST_IF = 32,
  WASM_IP_MULTICAST_TTL = 33,
  WASM_IP_MULTICAST_LOOP = 34,
  WASM_IP_ADD_MEMBERSHIP = 35, /* struct wasm_ip_mreq */
  WASM_IP_DROP_MEMBERSHIP = 36
};

/* level WASM_IPPROTO_IPV6 */
enum {
  WASM_IPV6_UNICAST_HOPS = 16,
  WASM_IPV6_MULTICAST_IF = 17,
  WASM_IPV6_MULTICAST_HOPS = 18,
  WASM_IPV6_MULTICAST_LOOP = 19,
  WASM_IPV6_ADD_MEMBERSHIP = 20, /* struct wasm_ipv6_mreq */
  WASM_IPV6_DROP_MEMBERSHIP = 21,
  WASM_IPV6_V6ONLY = 26
};

enum {
  WASM_POLLIN = 0x1,
  WASM_POLLPRI = 0x2,
  WASM_POLLOUT = 0x4,
  WASM_POLLERR = 0x8,
  WASM_POLLHUP = 0x10,
  WASM_POLLNVAL = 0x20,
  WASM_POLLRDHUP = 0x2000
};

enum {
  WASM_F_DUPFD = 0,
  WASM_F_GETFD = 1,
  WASM_F_SETFD = 2,
  WASM_F_GETFL = 3,
  WASM_F_SETFL = 4,
  WASM_F_DUPFD_CLOEXEC = 1030,
  WASM_FD_CLOEXEC = 1,
  WASM_O_RDONLY = 0,
  WASM_O_WRONLY = 1,
  WASM_O_RDWR = 2,
  WASM_O_NONBLOCK = 0x800,
  WASM_O_CLOEXEC = 0x80000
};

enum { WASM_PIPE_BUF = 4096 };

enum { WASM_EFD_SEMAPHORE = 1 };
enum { WASM_CLOCK_REALTIME = 0, WASM_CLOCK_MONOTONIC = 1, WASM_CLOCK_BOOTTIME = 7 };
enum { WASM_TFD_TIMER_ABSTIME = 1, WASM_TFD_TIMER_CANCEL_ON_SET = 2 };

enum { WASM_EPOLL_CLOEXEC = 0x80000 };

enum { WASM_EPOLL_CTL_ADD = 1, WASM_EPOLL_CTL_DEL = 2, WASM_EPOLL_CTL_MOD = 3 };

/* Unsigned, and so no enum: the last one does not fit in an int. */
#define WASM_EPOLLIN 0x1u
#define WASM_EPOLLPRI 0x2u
#define WASM_EPOLLOUT 0x4u
#define WASM_EPOLLERR 0x8u
#define WASM_EPOLLHUP 0x10u
#define WASM_EPOLLRDNORM 0x40u
#define WASM_EPOLLWRNORM 0x100u
#define WASM_EPOLLRDHUP 0x2000u
#define WASM_EPOLLEXCLUSIVE 0x10000000u /* accepted: one guest has one thread that waits */
#define WASM_EPOLLWAKEUP 0x20000000u    /* accepted, without effect */
#define WASM_EPOLLONESHOT 0x40000000u
#define WASM_EPOLLET 0x80000000u

enum { WASM_FIONREAD = 0x541B, WASM_FIONBIO = 0x5421 };

enum {
  WASM_AI_PASSIVE = 0x1,
  WASM_AI_CANONNAME = 0x2,
  WASM_AI_NUMERICHOST = 0x4,
  WASM_AI_V4MAPPED = 0x8,
  WASM_AI_ALL = 0x10,
  WASM_AI_ADDRCONFIG = 0x20,
  WASM_AI_NUMERICSERV = 0x400
};

enum {
  WASM_NI_NUMERICHOST = 0x1,
  WASM_NI_NUMERICSERV = 0x2,
  WASM_NI_NOFQDN = 0x4,
  WASM_NI_NAMEREQD = 0x8,
  WASM_NI_DGRAM = 0x10
};

enum { WASM_IF_NAMESIZE = 16 };

/* Flags of wasm_sock_starttls. */
enum {
  WASM_TLS_SERVER = 0x1,    /* with the certificate that the host has given; else EOPNOTSUPP */
  WASM_TLS_NO_VERIFY = 0x2, /* EPERM unless the host allows it */
  WASM_TLS_H2 = 0x10,       /* protocols for ALPN; without any, the host's */
  WASM_TLS_HTTP11 = 0x20
};

/* What wasm_sock_tls_info tells. */
enum {
  WASM_TLS_VERSION = 0, /* "TLSv1.3" */
  WASM_TLS_CIPHER = 1,
  WASM_TLS_ALPN = 2,        /* what ALPN chose, such as "h2" */
  WASM_TLS_SERVER_NAME = 3, /* the name that the client asked for */
  WASM_TLS_PEER_SUBJECT = 4,
  WASM_TLS_PEER_ISSUER = 5,
  WASM_TLS_PEER_NAMES = 6,
  WASM_TLS_PEER_VALID_TO = 7,
  WASM_TLS_PEER_FINGERPRINT = 8 /* SHA-256, in hexadecimal */
};

/* What wasm_sock_getaddrinfo and wasm_sock_getnameinfo return on failure. */
enum {
  WASM_EAI_BADFLAGS = -1,
  WASM_EAI_NONAME = -2,
  WASM_EAI_AGAIN = -3,
  WASM_EAI_FAIL = -4,
  WASM_EAI_FAMILY = -6,
  WASM_EAI_SOCKTYPE = -7,
  WASM_EAI_SERVICE = -8,
  WASM_EAI_MEMORY = -10,
  WASM_EAI_SYSTEM = -11,
  WASM_EAI_OVERFLOW = -12
};

/* errno, as numbered by WASI preview 1. */
#define WASM_SOCK_ERRNOS(X)                                                                                       \
  X(E2BIG, 1) X(EACCES, 2) X(EADDRINUSE, 3) X(EADDRNOTAVAIL, 4) X(EAFNOSUPPORT, 5) X(EAGAIN, 6) X(EALREADY, 7)    \
  X(EBADF, 8) X(EBUSY, 10) X(ECANCELED, 11) X(ECONNABORTED, 13) X(ECONNREFUSED, 14) X(ECONNRESET, 15)             \
  X(EDESTADDRREQ, 17) X(EDOM, 18) X(EEXIST, 20) X(EFAULT, 21) X(EHOSTUNREACH, 23) X(EINPROGRESS, 26) X(EINTR, 27)             \
  X(EINVAL, 28) X(EIO, 29) X(EISCONN, 30) X(ELOOP, 32) X(EMFILE, 33) X(EMSGSIZE, 35) X(ENAMETOOLONG, 37) X(ENETDOWN, 38)       \
  X(ENETUNREACH, 40) X(ENFILE, 41) X(ENOBUFS, 42) X(ENODEV, 43) X(ENOENT, 44) X(ENOMEM, 48) X(ENOPROTOOPT, 50)    \
  X(ENOSYS, 52) X(ENOTCONN, 53) X(ENOTSOCK, 57) X(EOPNOTSUPP, 58) X(ENOTTY, 59) X(ENXIO, 60) X(EPERM, 63) X(EPIPE, 64)         \
  X(EPROTO, 65) X(EPROTONOSUPPORT, 66) X(EPROTOTYPE, 67) X(ESPIPE, 70) X(ETIMEDOUT, 73)

#define WASM_SOCK_ERRNO_CONSTANT(name, number) WASM_##name = number,
enum { WASM_SOCK_ERRNOS(WASM_SOCK_ERRNO_CONSTANT) WASM_EWOULDBLOCK = 6 };
#undef WASM_SOCK_ERRNO_CONSTANT

/* ---- Structures ------------------------------------------------------------------------------------------------ */

struct wasm_sockaddr {
  uint16_t sa_family;
  char sa_data[14];
};

struct wasm_in_addr {
  uint32_t s_addr; /* network byte order */
};

struct wasm_sockaddr_in { /* 16 bytes */
  uint16_t sin_family;
  uint16_t sin_port; /* network byte order */
  struct wasm_in_addr sin_addr;
  uint8_t sin_zero[8];
};

struct wasm_in6_addr {
  uint8_t s6_bytes[16];
};

struct wasm_sockaddr_in6 { /* 28 bytes */
  uint16_t sin6_family;
  uint16_t sin6_port; /* network byte order */
  uint32_t sin6_flowinfo;
  struct wasm_in6_addr sin6_addr;
  uint32_t sin6_scope_id;
};

struct wasm_sockaddr_un { /* 110 bytes */
  uint16_t sun_family;
  char sun_path[108];
};

struct wasm_sockaddr_storage { /* 128 bytes: room for any of the above */
  uint16_t ss_family;
  uint16_t ss_padding[3];
  uint64_t ss_data[15];
};

struct wasm_iovec {
  void *iov_base;
  uint32_t iov_len; /* bytes */
};

struct wasm_msghdr {
  void *msg_name;
  uint32_t msg_namelen;
  struct wasm_iovec *msg_iov;
  int32_t msg_iovlen;
  void *msg_control; /* no control messages are supported: received none, refused when sent */
  uint32_t msg_controllen;
  int32_t msg_flags;
};

struct wasm_pollfd {
  int32_t fd;
  int16_t events;
  int16_t revents;
};

struct wasm_epoll_event { /* 16 bytes */
  uint32_t events;
  uint64_t data;
};

struct wasm_ifaddr { /* 108 bytes; an interface, or one of its addresses: sockaddrs, of family 0 for none */
  uint32_t flags;
  uint32_t index;
  char name[16];
  uint32_t address[7];
  uint32_t netmask[7];
  uint32_t broadcast[7];
};

struct wasm_timespec { /* 16 bytes */
  int64_t tv_sec;
  int32_t tv_nsec;
};

struct wasm_itimerspec {
  struct wasm_timespec it_interval;
  struct wasm_timespec it_value;
};

struct wasm_timeval {
  int64_t tv_sec;
  int64_t tv_usec;
};

struct wasm_linger {
  int32_t l_onoff;
  int32_t l_linger; /* seconds */
};

struct wasm_ip_mreq {
  struct wasm_in_addr imr_multiaddr;
  struct wasm_in_addr imr_interface;
};

struct wasm_ipv6_mreq {
  struct wasm_in6_addr ipv6mr_multiaddr;
  uint32_t ipv6mr_interface;
};

struct wasm_addrinfo {
  int32_t ai_flags;
  int32_t ai_family;
  int32_t ai_socktype;
  int32_t ai_protocol;
  uint32_t ai_addrlen;
  struct wasm_sockaddr *ai_addr;
  char *ai_canonname;
  struct wasm_addrinfo *ai_next;
  uint8_t ai_storage[32]; /* what ai_addr points to */
  char ai_name[256];      /* what ai_canonname points to */
};

/* ---- The functions --------------------------------------------------------------------------------------------- */

WASM_SOCK_IMPORT(socket) int32_t wasm_sock_socket(int32_t domain, int32_t type, int32_t protocol);
WASM_SOCK_IMPORT(connect) int32_t wasm_sock_connect(int32_t fd, const void *addr, uint32_t addrlen);
WASM_SOCK_IMPORT(bind) int32_t wasm_sock_bind(int32_t fd, const void *addr, uint32_t addrlen);
WASM_SOCK_IMPORT(listen) int32_t wasm_sock_listen(int32_t fd, int32_t backlog);
WASM_SOCK_IMPORT(accept) int32_t wasm_sock_accept(int32_t fd, void *addr, uint32_t *addrlen);
WASM_SOCK_IMPORT(send) int32_t wasm_sock_send(int32_t fd, const void *buf, uint32_t len, int32_t flags);
WASM_SOCK_IMPORT(recv) int32_t wasm_sock_recv(int32_t fd, void *buf, uint32_t len, int32_t flags);
WASM_SOCK_IMPORT(shutdown) int32_t wasm_sock_shutdown(int32_t fd, int32_t how);
WASM_SOCK_IMPORT(close) int32_t wasm_sock_close(int32_t fd);

WASM_SOCK_IMPORT(accept4) int32_t wasm_sock_accept4(int32_t fd, void *addr, uint32_t *addrlen, int32_t flags);
WASM_SOCK_IMPORT(sendto)
int32_t wasm_sock_sendto(int32_t fd, const void *buf, uint32_t len, int32_t flags, const void *addr, uint32_t addrlen);
WASM_SOCK_IMPORT(recvfrom)
int32_t wasm_sock_recvfrom(int32_t fd, void *buf, uint32_t len, int32_t flags, void *addr, uint32_t *addrlen);
WASM_SOCK_IMPORT(sendmsg) int32_t wasm_sock_sendmsg(int32_t fd, const struct wasm_msghdr *msg, int32_t flags);
WASM_SOCK_IMPORT(recvmsg) int32_t wasm_sock_recvmsg(int32_t fd, struct wasm_msghdr *msg, int32_t flags);
WASM_SOCK_IMPORT(getsockname) int32_t wasm_sock_getsockname(int32_t fd, void *addr, uint32_t *addrlen);
WASM_SOCK_IMPORT(getpeername) int32_t wasm_sock_getpeername(int32_t fd, void *addr, uint32_t *addrlen);
WASM_SOCK_IMPORT(getsockopt)
int32_t wasm_sock_getsockopt(int32_t fd, int32_t level, int32_t name, void *value, uint32_t *len);
WASM_SOCK_IMPORT(setsockopt)
int32_t wasm_sock_setsockopt(int32_t fd, int32_t level, int32_t name, const void *value, uint32_t len);
WASM_SOCK_IMPORT(socketpair)
int32_t wasm_sock_socketpair(int32_t domain, int32_t type, int32_t protocol, int32_t fds[2]);

/* timeout: milliseconds; negative waits for ever. */
WASM_SOCK_IMPORT(poll) int32_t wasm_sock_poll(struct wasm_pollfd *fds, uint32_t count, int32_t timeout);

WASM_SOCK_IMPORT(dup) int32_t wasm_sock_dup(int32_t fd);
/* Sets how many descriptors there may be, RLIMIT_NOFILE, if it is not negative; answers how many there may be now. -EPERM above the
 * host's limit. */
WASM_SOCK_IMPORT(descriptor_limit) int32_t wasm_sock_descriptor_limit(int32_t limit);
WASM_SOCK_IMPORT(fcntl) int32_t wasm_sock_fcntl(int32_t fd, int32_t command, int32_t argument);
WASM_SOCK_IMPORT(dup2) int32_t wasm_sock_dup2(int32_t fd, int32_t to);
WASM_SOCK_IMPORT(dup3) int32_t wasm_sock_dup3(int32_t fd, int32_t to, int32_t flags);

/* The end to read from and the end to write to, by fd_read and fd_write of WASI. flags: WASM_O_NONBLOCK, WASM_O_CLOEXEC. */
WASM_SOCK_IMPORT(pipe) int32_t wasm_sock_pipe(int32_t fds[2], int32_t flags);

WASM_SOCK_IMPORT(epoll_create1) int32_t wasm_sock_epoll_create1(int32_t flags);
WASM_SOCK_IMPORT(epoll_ctl)
int32_t wasm_sock_epoll_ctl(int32_t epfd, int32_t op, int32_t fd, const struct wasm_epoll_event *event);
/* timeout: milliseconds; negative waits for ever. */
WASM_SOCK_IMPORT(epoll_wait)
int32_t wasm_sock_epoll_wait(int32_t epfd, struct wasm_epoll_event *events, int32_t maxevents, int32_t timeout);

/* A number of 64 bits that write adds to and read takes; flags of WASM_EFD_SEMAPHORE, WASM_O_NONBLOCK, WASM_O_CLOEXEC. */
WASM_SOCK_IMPORT(eventfd) int32_t wasm_sock_eventfd(uint32_t initial, int32_t flags);

/* A timer of WASM_CLOCK_REALTIME or WASM_CLOCK_MONOTONIC that is readable once it has expired; read returns how often it has. */
WASM_SOCK_IMPORT(timerfd_create) int32_t wasm_sock_timerfd_create(int32_t clock, int32_t flags);
/* `old` may be null. WASM_TFD_TIMER_ABSTIME: the value is a time of the clock. */
WASM_SOCK_IMPORT(timerfd_settime)
int32_t wasm_sock_timerfd_settime(int32_t fd, int32_t flags, const struct wasm_itimerspec *value,
                                  struct wasm_itimerspec *old);
WASM_SOCK_IMPORT(timerfd_gettime) int32_t wasm_sock_timerfd_gettime(int32_t fd, struct wasm_itimerspec *value);

WASM_SOCK_IMPORT(ioctl) int32_t wasm_sock_ioctl(int32_t fd, int32_t request, int32_t *argument);
WASM_SOCK_IMPORT(gethostname) int32_t wasm_sock_gethostname(char *name, uint32_t len);

/* The errno of the last call that failed in this instance; 0 before any has. */
WASM_SOCK_IMPORT(last_error) int32_t wasm_sock_last_error(void);

/* Writes the text for errno `error`, cut to len - 1 bytes and ended by a NUL; returns the length of the whole text. */
WASM_SOCK_IMPORT(strerror) int32_t wasm_sock_strerror(int32_t error, char *buf, uint32_t len);

/* Fills up to `capacity` results, linked through ai_next, and returns how many there are in all, or a WASM_EAI_…;
 * with WASM_EAI_SYSTEM the errno is in wasm_sock_last_error(). Needs no allocator. */
WASM_SOCK_IMPORT(getaddrinfo)
int32_t wasm_sock_getaddrinfo_into(const char *node, const char *service, const struct wasm_addrinfo *hints,
                                   struct wasm_addrinfo *results, uint32_t capacity);

/* Returns 0 or a WASM_EAI_…; with WASM_EAI_SYSTEM the errno is in wasm_sock_last_error(). */
WASM_SOCK_IMPORT(getnameinfo)
int32_t wasm_sock_getnameinfo(const void *addr, uint32_t addrlen, char *host, uint32_t hostlen, char *service,
                              uint32_t servicelen, int32_t flags);

/* An interface's index, 1 or more, or -ENODEV; and its name, of WASM_IF_NAMESIZE bytes at most, or -ENXIO. */
WASM_SOCK_IMPORT(if_nametoindex) int32_t wasm_sock_if_nametoindex(const char *name);
WASM_SOCK_IMPORT(if_indextoname) int32_t wasm_sock_if_indextoname(uint32_t index, char *name);

/* Fills up to `capacity` records, of all interfaces first and then of all their addresses, and returns how many there are in all. */
WASM_SOCK_IMPORT(getifaddrs) int32_t wasm_sock_getifaddrs(struct wasm_ifaddr *results, uint32_t capacity);

/* Upgrades a connected stream socket to TLS, which the host does. Like connect: it blocks until TLS has begun, for as long as
 * SO_RCVTIMEO says; without blocking it is -EINPROGRESS, WASM_POLLOUT tells when it is done, and SO_ERROR or a second call how it went.
 * What was sent before goes out in plain text; what came before must be read before, else -EBUSY. `hostname` is what the
 * server's certificate must say, or null for the address. -ECONNABORTED: the peer is not to be trusted. -EPROTO: TLS has failed. */
WASM_SOCK_IMPORT(starttls) int32_t wasm_sock_starttls(int32_t fd, const char *hostname, int32_t flags);

/* Writes a text about a connection with TLS, cut to len - 1 bytes and ended by a NUL; returns the length of the whole text, 0 for
 * none. -ENOTCONN where TLS has not begun. */
WASM_SOCK_IMPORT(tls_info) int32_t wasm_sock_tls_info(int32_t fd, int32_t what, char *buf, uint32_t len);

/* The same for why TLS has failed, or why the peer is doubtful although nobody has insisted on verifying it. */
WASM_SOCK_IMPORT(tls_error) int32_t wasm_sock_tls_error(int32_t fd, char *buf, uint32_t len);

/* ---- Helpers --------------------------------------------------------------------------------------------------- */

static inline uint16_t htons_wasm(uint16_t value) { return (uint16_t)((value << 8) | (value >> 8)); }
static inline uint16_t ntohs_wasm(uint16_t value) { return htons_wasm(value); }
static inline uint32_t htonl_wasm(uint32_t value) { return __builtin_bswap32(value); }
static inline uint32_t ntohl_wasm(uint32_t value) { return __builtin_bswap32(value); }

/* "ECONNREFUSED" for 14 or -14; "E?" for a number that is none. */
static inline const char *wasm_sock_errno_name(int32_t error) {
  switch (error < 0 ? -error : error) {
#define WASM_SOCK_ERRNO_NAME(name, number) \
  case number:                             \
    return #name;
    WASM_SOCK_ERRNOS(WASM_SOCK_ERRNO_NAME)
#undef WASM_SOCK_ERRNO_NAME
    default:
      return "E?";
  }
}

/* Parses "127.0.0.1". Returns 1, or 0 and leaves *out alone when `text` is no dotted IPv4 address. */
static inline int wasm_sock_parse_ipv4(const char *text, struct wasm_in_addr *out) {
  uint8_t bytes[4];
  for (int part = 0; part < 4; part++) {
    unsigned value = 0;
    int digits = 0;
    while (*text >= '0' && *text <= '9') {
      if (digits > 0 && value == 0) return 0; /* "01" is octal to some and decimal to others: neither here */
      value = value * 10 + (unsigned)(*text++ - '0');
      if (++digits > 3 || value > 255) return 0;
    }
    if (digits == 0) return 0;
    bytes[part] = (uint8_t)value;
    if (*text++ != (part < 3 ? '.' : '\0')) return 0;
  }
  __builtin_memcpy(&out->s_addr, bytes, 4);
  return 1;
}

/* Parses "::1", "fe80::1" or "::ffff:1.2.3.4". Returns 1, or 0 and leaves *out alone. */
static inline int wasm_sock_parse_ipv6(const char *text, struct wasm_in6_addr *out) {
  uint8_t bytes[16] = {0};
  int count = 0, gap = -1;
  if (text[0] == ':' && text[1] == ':') {
    gap = 0;
    text += 2;
  } else if (text[0] == ':') {
    return 0;
  }
  while (*text) {
    const char *start = text;
    unsigned value = 0;
    int digits = 0;
    if (count >= 16) return 0;
    for (;; text++) {
      char c = *text;
      unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                              : 16u;
      if (digit == 16) break;
      if (++digits > 4) return 0;
      value = value * 16 + digit;
    }
    if (*text == '.') { /* the last four bytes, dotted */
      struct wasm_in_addr v4;
      if (count > 12 || !wasm_sock_parse_ipv4(start, &v4)) return 0;
      __builtin_memcpy(bytes + count, &v4.s_addr, 4);
      count += 4;
      break;
    }
    if (digits == 0) return 0;
    bytes[count++] = (uint8_t)(value >> 8);
    bytes[count++] = (uint8_t)value;
    if (*text == '\0') break;
    if (*text++ != ':') return 0;
    if (*text == ':') {
      if (gap >= 0) return 0;
      gap = count;
      text++;
    } else if (*text == '\0') {
      return 0;
    }
  }
  if (gap < 0 ? count != 16 : count > 14) return 0;
  for (int i = 0; i < 16; i++) out->s6_bytes[i] = 0;
  if (gap < 0) gap = count;
  for (int i = 0; i < gap; i++) out->s6_bytes[i] = bytes[i];
  for (int i = gap; i < count; i++) out->s6_bytes[16 - count + i] = bytes[i];
  return 1;
}

/* Fills *out from a numeric address, v4 or v6, and a port. Returns the address's length in bytes, or 0 when it is neither. */
static inline uint32_t wasm_sock_address(struct wasm_sockaddr_storage *out, const char *text, uint16_t port) {
  struct wasm_sockaddr_in v4 = {WASM_AF_INET, htons_wasm(port), {0}, {0}};
  struct wasm_sockaddr_in6 v6 = {WASM_AF_INET6, htons_wasm(port), 0, {{0}}, 0};
  if (wasm_sock_parse_ipv4(text, &v4.sin_addr)) {
    __builtin_memcpy(out, &v4, sizeof v4);
    return sizeof v4;
  }
  if (wasm_sock_parse_ipv6(text, &v6.sin6_addr)) {
    __builtin_memcpy(out, &v6, sizeof v6);
    return sizeof v6;
  }
  return 0;
}

/* getaddrinfo(3) as POSIX has it, for programs with an allocator. Free the list with wasm_sock_freeaddrinfo. */
#if !defined(WASM_SOCK_NO_MALLOC)
#ifdef __cplusplus
}
#endif
#include <stdlib.h>
#ifdef __cplusplus
extern "C" {
#endif

static inline int32_t wasm_sock_getaddrinfo(const char *node, const char *service, const struct wasm_addrinfo *hints,
                                            struct wasm_addrinfo **results) {
  uint32_t capacity = 16;
  for (;;) {
    struct wasm_addrinfo *list = (struct wasm_addrinfo *)malloc(capacity * sizeof *list);
    if (!list) return WASM_EAI_MEMORY;
    int32_t count = wasm_sock_getaddrinfo_into(node, service, hints, list, capacity);
    if (count > 0 && (uint32_t)count <= capacity) {
      *results = list;
      return 0;
    }
    free(list);
    if (count <= 0) return count < 0 ? count : WASM_EAI_NONAME;
    capacity = (uint32_t)count;
  }
}

static inline void wasm_sock_freeaddrinfo(struct wasm_addrinfo *results) { free(results); }
#endif

#ifdef __cplusplus
}
#endif

#endif
