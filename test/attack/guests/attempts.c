/*
 * Makes attempts, each an argument: steps apart by ';', words apart by spaces. Prints a line for each attempt: what came of each step,
 * `ok`, a value, or the name of the errno. A step is about the socket that was opened last, unless `use N` has chosen another.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef __wasm__
__attribute__((import_module("posix_sockets"), import_name("starttls"))) int starttls(int fd, const char *hostname, int flags);
#else
static int starttls(int tls_fd, const char *hostname, int flags) { return (void)tls_fd, (void)hostname, (void)flags, -ENOSYS; }
#endif

static int open_fds[32], count, fd = -1;
static char result[512];

static const struct {
  int number;
  const char *name;
} errnos[] = {
    {EACCES, "EACCES"},           {EPERM, "EPERM"},       {ENOENT, "ENOENT"},           {EAGAIN, "EAGAIN"},
    {EINVAL, "EINVAL"},           {EISCONN, "EISCONN"},   {ECONNREFUSED, "ECONNREFUSED"}, {EADDRINUSE, "EADDRINUSE"},
    {ENETUNREACH, "ENETUNREACH"}, {ENOTDIR, "ENOTDIR"},   {ELOOP, "ELOOP"},             {ENAMETOOLONG, "ENAMETOOLONG"},
    {EOPNOTSUPP, "EOPNOTSUPP"},   {ENOTCONN, "ENOTCONN"}, {EDESTADDRREQ, "EDESTADDRREQ"}, {ENOPROTOOPT, "ENOPROTOOPT"},
    {EINPROGRESS, "EINPROGRESS"}, {EPIPE, "EPIPE"},       {EADDRNOTAVAIL, "EADDRNOTAVAIL"}, {EAFNOSUPPORT, "EAFNOSUPPORT"},
    {EALREADY, "EALREADY"},       {EEXIST, "EEXIST"},     {EXDEV, "EXDEV"},             {EHOSTUNREACH, "EHOSTUNREACH"},
    {ETIMEDOUT, "ETIMEDOUT"},     {ENODEV, "ENODEV"},       {EPROTO, "EPROTO"},
};

static const char *said(long answer) {
  if (answer >= 0) return "ok";
  for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++)
    if (errnos[i].number == errno) return errnos[i].name;
  return strerror(errno);
}

static void keep(int opened) {
  if (opened < 0 || count == 32) return;
  /* Nothing that is allowed by mistake may keep the others waiting. */
  const struct timeval second = {1, 0};
  setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  open_fds[count++] = fd = opened;
}

/* `HOST PORT` as an address: a scope after %, and `four:` before a host for AF_INET on a socket of IPv6. */
static socklen_t address_of(const char *host, const char *port, struct sockaddr_storage *to) {
  char text[128];
  memset(to, 0, sizeof *to);
  snprintf(text, sizeof text, "%s", strncmp(host, "four:", 5) ? host : host + 5);
  char *scope = strchr(text, '%');
  if (scope) *scope++ = 0;
  if (strchr(text, ':')) {
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(atoi(port));
    if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1) fprintf(stderr, "no address: %s\n", text), exit(2);
    if (scope) six->sin6_scope_id = atoi(scope) ? atoi(scope) : (int)if_nametoindex(scope);
    return sizeof *six;
  }
  struct sockaddr_in *four = (struct sockaddr_in *)to;
  four->sin_family = AF_INET;
  four->sin_port = htons(atoi(port));
  if (!inet_aton(text, &four->sin_addr)) fprintf(stderr, "no address: %s\n", text), exit(2);
  return sizeof *four;
}

/* A path, or an abstract name after @. */
static socklen_t path_of(const char *path, struct sockaddr_storage *to) {
  struct sockaddr_un *local = (struct sockaddr_un *)to;
  memset(to, 0, sizeof *to);
  local->sun_family = AF_UNIX;
  size_t length = strlen(path);
  memcpy(local->sun_path, path, length);
  if (*path == '@') local->sun_path[0] = 0;
  return offsetof(struct sockaddr_un, sun_path) + length + (*path != '@' && length < sizeof local->sun_path);
}

static const char *shown(const struct sockaddr_storage *name, socklen_t length) {
  static char text[256];
  char host[64] = "";
  if (name->ss_family == AF_INET) {
    const struct sockaddr_in *four = (const struct sockaddr_in *)name;
    inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
    snprintf(text, sizeof text, "%s:%d", host, ntohs(four->sin_port));
  } else if (name->ss_family == AF_INET6) {
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)name;
    inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
    snprintf(text, sizeof text, "[%s]:%d", host, ntohs(six->sin6_port));
  } else snprintf(text, sizeof text, "unix:%.*s", (int)(length - 2), ((const struct sockaddr_un *)name)->sun_path);
  return text;
}

static const char *named(int call(int, struct sockaddr *, socklen_t *)) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  memset(&name, 0, sizeof name);
  return call(fd, (struct sockaddr *)&name, &length) == 0 ? shown(&name, length) : said(-1);
}

static const char *received(void) {
  static char text[256];
  const ssize_t length = recv(fd, text, sizeof text - 1, 0);
  if (length < 0) return said(-1);
  text[length] = 0;
  return length == 0 ? "end" : text;
}

static const char *message(char **words, int calls) {
  struct sockaddr_storage to;
  struct iovec data = {words[3], strlen(words[3])};
  struct mmsghdr all[2];
  memset(all, 0, sizeof all);
  for (int i = 0; i < 2; i++) {
    all[i].msg_hdr.msg_iov = &data;
    all[i].msg_hdr.msg_iovlen = 1;
  }
  all[calls - 1].msg_hdr.msg_name = &to;
  all[calls - 1].msg_hdr.msg_namelen = address_of(words[1], words[2], &to);
  if (calls == 1) return said(sendmsg(fd, &all[0].msg_hdr, 0));
  const int sent = sendmmsg(fd, all, 2, 0);
  return sent == 2 ? "ok" : sent == 1 ? "one" : said(-1);
}

static const char *looked_up(const char *name, const char *port, int connects) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  const int error = getaddrinfo(name, port, &hints, &found);
  if (error != 0) return error == EAI_FAIL ? "EAI_FAIL" : error == EAI_NONAME ? "EAI_NONAME" : "EAI";
  static char text[256];
  snprintf(text, sizeof text, "%s", shown((struct sockaddr_storage *)found->ai_addr, found->ai_addrlen));
  if (connects) {
    keep(socket(found->ai_family, SOCK_STREAM, 0));
    snprintf(text, sizeof text, "%s", said(connect(fd, found->ai_addr, found->ai_addrlen)));
  }
  freeaddrinfo(found);
  return text;
}

static const char *files(char **words) {
  const char *what = words[0];
  if (!strcmp(what, "mkdir")) return said(mkdir(words[1], 0700));
  if (!strcmp(what, "symlink")) return said(symlink(words[1], words[2]));
  if (!strcmp(what, "link")) return said(link(words[1], words[2]));
  if (!strcmp(what, "rename")) return said(rename(words[1], words[2]));
  if (!strcmp(what, "unlink")) return said(unlink(words[1]));
  if (!strcmp(what, "rmdir")) return said(rmdir(words[1]));
  if (!strcmp(what, "exists")) return access(words[1], F_OK) == 0 ? "yes" : said(-1);
  return "unknown";
}

static const char *opens(const char *what) {
  int pair[2];
  if (!strcmp(what, "tcp4")) keep(socket(AF_INET, SOCK_STREAM, 0));
  else if (!strcmp(what, "tcp6")) keep(socket(AF_INET6, SOCK_STREAM, 0));
  else if (!strcmp(what, "udp4")) keep(socket(AF_INET, SOCK_DGRAM, 0));
  else if (!strcmp(what, "udp6")) keep(socket(AF_INET6, SOCK_DGRAM, 0));
  else if (!strcmp(what, "unix")) keep(socket(AF_UNIX, SOCK_STREAM, 0));
  else if (!strncmp(what, "pair", 4)) {
    if (socketpair(AF_UNIX, !strcmp(what, "pairs") ? SOCK_STREAM : SOCK_DGRAM, 0, pair) < 0) return said(-1);
    keep(pair[1]);
    keep(pair[0]);
  } else return NULL;
  return "ok";
}

static const char *sets(const char *what, const char *value) {
  const int number = atoi(value);
  if (!strcmp(what, "device")) return said(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, value, strlen(value) + 1));
  if (!strcmp(what, "patience")) { /* in seconds */
    const struct timeval time = {number, 0};
    return said(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time));
  }
  if (!strcmp(what, "v6only")) return said(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &number, sizeof number));
  if (!strcmp(what, "reuse")) return said(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &number, sizeof number));
  if (!strcmp(what, "join")) {
    struct ip_mreq group = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
    inet_aton(value, &group.imr_multiaddr);
    return said(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
  }
  return NULL;
}

static const char *step(char **words) {
  const char *what = words[0], *one = words[1] ? words[1] : "", *two = words[2] ? words[2] : "0", *found;
  struct sockaddr_storage to = {0};
  if ((found = opens(what)) || (found = sets(what, one))) return found;
  if (!strcmp(what, "use")) return fd = open_fds[atoi(one)], "ok";
  if (!strcmp(what, "dup")) return keep(dup(fd)), "ok";
  if (!strcmp(what, "nonblock")) return said(fcntl(fd, F_SETFL, O_NONBLOCK));
  if (!strcmp(what, "connect")) return said(connect(fd, (struct sockaddr *)&to, address_of(one, two, &to)));
  if (!strcmp(what, "bind")) return said(bind(fd, (struct sockaddr *)&to, address_of(one, two, &to)));
  if (!strcmp(what, "dial")) return said(connect(fd, (struct sockaddr *)&to, path_of(one, &to)));
  if (!strcmp(what, "take")) return said(bind(fd, (struct sockaddr *)&to, path_of(one, &to)));
  if (!strcmp(what, "unspec")) return memset(&to, 0, sizeof to), said(connect(fd, (struct sockaddr *)&to, sizeof to));
  if (!strcmp(what, "listen")) return said(listen(fd, 8));
  if (!strcmp(what, "accept")) {
    const int accepted = accept(fd, NULL, NULL);
    return keep(accepted), said(accepted);
  }
  if (!strcmp(what, "starttls")) { /* a name, or - for none, and flags */
    const int answer = starttls(fd, *one == '-' ? "" : one, atoi(two));
    return errno = -answer, said(answer);
  }
  if (!strcmp(what, "write")) return said(write(fd, one, strlen(one)));
  if (!strcmp(what, "read")) {
    char byte;
    return said(read(fd, &byte, 1));
  }
  if (!strcmp(what, "shutdown")) return said(shutdown(fd, SHUT_RDWR));
  if (!strcmp(what, "send")) return said(send(fd, one, strlen(one), 0));
  if (!strcmp(what, "sendto"))
    return said(sendto(fd, words[3] ? words[3] : "", words[3] ? strlen(words[3]) : 0, 0, (struct sockaddr *)&to, address_of(one, two, &to)));
  if (!strcmp(what, "sendpath")) return said(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, path_of(one, &to)));
  if (!strcmp(what, "sendmsg")) return message(words, 1);
  if (!strcmp(what, "sendmmsg")) return message(words, 2);
  if (!strcmp(what, "recv")) return received();
  if (!strcmp(what, "name")) return named(getsockname);
  if (!strcmp(what, "peer")) return named(getpeername);
  if (!strcmp(what, "lookup")) return looked_up(one, two, 0);
  if (!strcmp(what, "call")) return looked_up(one, two, 1);
  if (!strcmp(what, "close")) return said(close(fd));
  return files(words);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *steps = argv[i], *each;
    count = 0;
    *result = 0;
    while ((each = strsep(&steps, ";")) != NULL) {
      char *words[6] = {0}, *word;
      int at = 0;
      while ((word = strsep(&each, " ")) != NULL)
        if (*word && at < 5) words[at++] = word;
      if (at == 0) continue;
      const char *answer = step(words);
      snprintf(result + strlen(result), sizeof result - strlen(result), "%s%s", *result ? " " : "", answer);
    }
    printf("%s\n", result);
    fflush(stdout);
    while (count > 0) close(open_fds[--count]);
  }
  return 0;
}
