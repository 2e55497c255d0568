/* Connects to an address, has the host start TLS, and says what came of it. Then, by the command:
 *
 *   client ADDRESS PORT HOSTNAME|- FLAGS talk                sends "hello", ends its side, and prints all that comes
 *   client ADDRESS PORT HOSTNAME|- FLAGS plain               first reads a line in plain text and sends one, then as talk
 *   client ADDRESS PORT HOSTNAME|- FLAGS unread              does not read that line, and says what TLS says to that
 *   client ADDRESS PORT HOSTNAME|- FLAGS poll                as talk, on a socket that does not block
 *   client ADDRESS PORT HOSTNAME|- FLAGS timeout             waits for the handshake for 50 ms at most
 *   client ADDRESS PORT HOSTNAME|- FLAGS linger              sends and takes a byte, and closes with SO_LINGER 0
 *   client ADDRESS PORT HOSTNAME|- FLAGS up|down BYTES       sends so many bytes, or takes them, and prints their sum
 */
#include "tls.h"

static int plain_line(int32_t fd) {
  char line[128];
  uint32_t length = 0;
  while (length < sizeof line - 1 && wasm_sock_recv(fd, line + length, 1, 0) == 1 && line[length] != '\n') length++;
  line[length] = '\0';
  printf("in plain text: %s\n", line);
  return send_all(fd, "STARTTLS\n", 9);
}

/* As a program with an event loop does it. */
static int32_t start_polled(int32_t fd, const char *hostname, int32_t flags) {
  struct wasm_pollfd waits = {fd, WASM_POLLOUT, 0};
  int32_t error = 0;
  uint32_t length = sizeof error;
  char byte;
  wasm_sock_fcntl(fd, WASM_F_SETFL, WASM_O_NONBLOCK);
  printf("first call: %s\n", name_of(wasm_sock_starttls(fd, hostname, flags)));
  printf("second call: %s\n", name_of(wasm_sock_starttls(fd, hostname, flags)));
  printf("send: %s, recv: %s\n", name_of(wasm_sock_send(fd, "x", 1, 0)), name_of(wasm_sock_recv(fd, &byte, 1, 0)));
  printf("poll: %d\n", wasm_sock_poll(&waits, 1, 10000));
  wasm_sock_getsockopt(fd, WASM_SOL_SOCKET, WASM_SO_ERROR, &error, &length);
  printf("SO_ERROR: %s\n", error == 0 ? "none" : wasm_sock_errno_name(error));
  wasm_sock_fcntl(fd, WASM_F_SETFL, 0);
  return error != 0 ? -error : wasm_sock_starttls(fd, hostname, flags);
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  const char *hostname = argv[3][0] == '-' ? NULL : argv[3], *what = argv[5];
  const int32_t flags = atoi(argv[4]);
  struct wasm_sockaddr_storage address;
  const uint32_t length = wasm_sock_address(&address, argv[1], (uint16_t)atoi(argv[2]));
  const int32_t fd = wasm_sock_socket(address.ss_family, WASM_SOCK_STREAM, 0);
  int32_t result = wasm_sock_connect(fd, &address, length);
  if (result < 0) return fail("connect", result);
  if (strcmp(what, "plain") == 0 && plain_line(fd) < 0) return 3;
  if (strcmp(what, "unread") == 0) {
    struct wasm_pollfd waits = {fd, WASM_POLLIN, 0};
    wasm_sock_poll(&waits, 1, 10000);
    printf("unread: %s\n", name_of(wasm_sock_starttls(fd, hostname, flags)));
    if (plain_line(fd) < 0) return 3;
  }
  if (strcmp(what, "timeout") == 0) {
    const struct wasm_timeval limit = {0, 50000};
    wasm_sock_setsockopt(fd, WASM_SOL_SOCKET, WASM_SO_RCVTIMEO, &limit, sizeof limit);
  }
  result = strcmp(what, "poll") == 0 ? start_polled(fd, hostname, flags) : wasm_sock_starttls(fd, hostname, flags);
  say_how(fd, result);
  if (result < 0) return 1;
  if (strcmp(what, "up") == 0) return send_pieces(fd, strtoul(argv[6], NULL, 10));
  if (strcmp(what, "down") == 0) return take_pieces(fd);
  if (strcmp(what, "linger") == 0) {
    const struct wasm_linger linger = {1, 0};
    char byte = '!';
    if (wasm_sock_send(fd, &byte, 1, 0) != 1 || wasm_sock_recv(fd, &byte, 1, 0) != 1) return 4;
    wasm_sock_setsockopt(fd, WASM_SOL_SOCKET, WASM_SO_LINGER, &linger, sizeof linger);
    return wasm_sock_close(fd);
  }
  printf("again: %s\n", name_of(wasm_sock_starttls(fd, hostname, flags)));
  if ((result = send_all(fd, "hello\n", 6)) < 0) return fail("send", result);
  if ((result = wasm_sock_shutdown(fd, WASM_SHUT_WR)) < 0) return fail("shutdown", result);
  return print_all(fd);
}
