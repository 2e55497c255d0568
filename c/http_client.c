/* http_client HOST PORT PATH: fetches http://HOST:PORTPATH and prints the whole reply, head and body.
 *
 *   posix-wasm cc http_client.c -o http_client.wasm
 *   posix-wasm http_client.wasm 127.0.0.1 8080 /index.html
 *
 * HOST is an IPv4 or IPv6 address or a name. The calls block, as they would natively.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posix_sockets.h"

enum {
  OK = 0,
  BAD_USAGE = 1,
  CANNOT_RESOLVE = 2,
  CANNOT_CONNECT = 3,
  CANNOT_SEND = 4,
  CANNOT_RECEIVE = 5,
  CANNOT_PRINT = 6
};

struct target {
  const char *host;
  const char *port;
  const char *path;
};

/* "http_client: connect 127.0.0.1:1: ECONNREFUSED" */
static int failed(const char *call, const struct target *target, const char *reason, int exit_code) {
  const int is_ipv6 = strchr(target->host, ':') != NULL;
  fprintf(stderr, is_ipv6 ? "http_client: %s [%s]:%s: %s\n" : "http_client: %s %s:%s: %s\n", call, target->host,
          target->port, reason);
  return exit_code;
}

static const char *resolver_error_name(int error) {
  switch (error) {
    case WASM_EAI_NONAME: return "EAI_NONAME";
    case WASM_EAI_AGAIN: return "EAI_AGAIN";
    case WASM_EAI_FAIL: return "EAI_FAIL";
    case WASM_EAI_MEMORY: return "EAI_MEMORY";
    case WASM_EAI_SERVICE: return "EAI_SERVICE";
    case WASM_EAI_SYSTEM: return wasm_sock_errno_name(wasm_sock_last_error());
    default: return "EAI_?";
  }
}

/* Tries every address in turn. Returns a connected socket, or the negative errno of the last try. */
static int connect_to_any(const struct wasm_addrinfo *addresses) {
  int result = -WASM_EHOSTUNREACH;
  for (const struct wasm_addrinfo *address = addresses; address; address = address->ai_next) {
    const int fd = wasm_sock_socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0) {
      result = fd;
      continue;
    }
    result = wasm_sock_connect(fd, address->ai_addr, address->ai_addrlen);
    if (result >= 0) return fd;
    wasm_sock_close(fd);
  }
  return result;
}

/* send() may take fewer bytes than it is given: go on with the rest. Returns 0 or a negative errno. */
static int send_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    const int sent = wasm_sock_send(fd, data, (uint32_t)length, WASM_MSG_NOSIGNAL);
    if (sent == -WASM_EINTR) continue;
    if (sent < 0) return sent;
    data += sent;
    length -= (size_t)sent;
  }
  return 0;
}

static int send_request(int fd, const struct target *target) {
  /* "Connection: close" makes the end of the stream the end of the reply. */
  static const char format[] =
      "GET %s HTTP/1.1\r\nHost: %s%s%s:%s\r\nUser-Agent: http_client\r\nAccept: */*\r\n"
      "Connection: close\r\n\r\n";
  const int is_ipv6 = strchr(target->host, ':') != NULL;
  const size_t room = sizeof format + strlen(target->path) + strlen(target->host) + strlen(target->port) + 2;
  char *request = malloc(room);
  if (!request) return -WASM_ENOMEM;
  const int length = snprintf(request, room, format, target->path, is_ipv6 ? "[" : "", target->host,
                              is_ipv6 ? "]" : "", target->port);
  const int result = send_all(fd, request, (size_t)length);
  free(request);
  return result;
}

/* Copies what arrives to stdout until the peer closes. */
static int print_reply(int fd, const struct target *target) {
  char buffer[16384];
  for (;;) {
    const int received = wasm_sock_recv(fd, buffer, sizeof buffer, 0);
    if (received == -WASM_EINTR) continue;
    if (received < 0) return failed("recv", target, wasm_sock_errno_name(received), CANNOT_RECEIVE);
    if (received == 0) break;
    if (fwrite(buffer, 1, (size_t)received, stdout) != (size_t)received) break;
  }
  if (fflush(stdout) == 0 && !ferror(stdout)) return OK;
  perror("http_client: stdout");
  return CANNOT_PRINT;
}

static int fetch(const struct target *target) {
  const struct wasm_addrinfo hints = {.ai_family = WASM_AF_UNSPEC, .ai_socktype = WASM_SOCK_STREAM};
  struct wasm_addrinfo *addresses;
  const int resolved = wasm_sock_getaddrinfo(target->host, target->port, &hints, &addresses);
  if (resolved < 0) return failed("getaddrinfo", target, resolver_error_name(resolved), CANNOT_RESOLVE);

  const int fd = connect_to_any(addresses);
  wasm_sock_freeaddrinfo(addresses);
  if (fd < 0) return failed("connect", target, wasm_sock_errno_name(fd), CANNOT_CONNECT);

  const int sent = send_request(fd, target);
  const int exit_code =
      sent < 0 ? failed("send", target, wasm_sock_errno_name(sent), CANNOT_SEND) : print_reply(fd, target);
  wasm_sock_close(fd);
  return exit_code;
}

/* A decimal number from 1 to 65535, and nothing else. */
static int is_port(const char *text) {
  const size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 5 || text[digits] != '\0') return 0;
  const int port = atoi(text);
  return port >= 1 && port <= 65535;
}

/* True when `text` fits into one line of the request: a space or a line break would end it early. */
static int is_plain(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text <= ' ' || *text == 0x7f) return 0;
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: http_client HOST PORT PATH\n");
    return BAD_USAGE;
  }
  const struct target target = {argv[1], argv[2], argv[3]};
  if (!is_port(target.port)) {
    fprintf(stderr, "http_client: PORT is a number from 1 to 65535, not '%s'\n", target.port);
    return BAD_USAGE;
  }
  if (*target.host == '\0' || !is_plain(target.host)) {
    fprintf(stderr, "http_client: HOST is an address or a name, without spaces\n");
    return BAD_USAGE;
  }
  if (target.path[0] != '/' || !is_plain(target.path)) {
    fprintf(stderr, "http_client: PATH begins with '/' and has no spaces (write %%20)\n");
    return BAD_USAGE;
  }
  return fetch(&target);
}
