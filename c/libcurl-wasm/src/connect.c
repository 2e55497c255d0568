/* Connecting to a server: finding its addresses, trying them in turn, keeping the connection for the next one. */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "easy.h"
#include "posix_sockets.h"
#include "resolve.h"

enum { CONNECT_TIMEOUT_MS = 300000 }; /* unless the caller says otherwise */

/* ---- One address ----------------------------------------------------------------------------------------------- */

static void apply_options(const struct cw_easy *easy, int fd) {
  const int on = 1;
  if (easy->set.no_delay) (void)wasm_sock_setsockopt(fd, WASM_IPPROTO_TCP, WASM_TCP_NODELAY, &on, sizeof on);
  if (easy->set.keep_alive) (void)wasm_sock_setsockopt(fd, WASM_SOL_SOCKET, WASM_SO_KEEPALIVE, &on, sizeof on);
}

/* Waits for a connect under way. *error is 0 or what failed. */
static CURLcode await_connect(struct cw_easy *easy, int fd, curl_off_t until, int *error) {
  int ready = 0;
  uint32_t size = sizeof *error;
  const CURLcode code = cw_wait(easy, fd, WASM_POLLOUT, until, &ready);
  if (code) return code;
  *error = WASM_ETIMEDOUT;
  if (!ready) return CURLE_OK;
  const int result = wasm_sock_getsockopt(fd, WASM_SOL_SOCKET, WASM_SO_ERROR, error, &size);
  if (result < 0) *error = -result;
  return CURLE_OK;
}

/* Tries one address. On success the connection's fd is set; *error is 0 or what failed. */
static CURLcode try_address(struct cw_easy *easy, const struct cw_addresses *addresses, size_t index,
                            curl_off_t until, int *error) {
  const struct wasm_sockaddr_storage *address = &addresses->list[index];
  CURLcode code = CURLE_OK;
  const int fd = wasm_sock_socket(address->ss_family, WASM_SOCK_STREAM | WASM_SOCK_NONBLOCK, 0);
  *error = fd < 0 ? -fd : 0;
  if (fd < 0) return CURLE_OK;
  apply_options(easy, fd);
  const uint32_t size =
      address->ss_family == WASM_AF_INET6 ? sizeof(struct wasm_sockaddr_in6) : sizeof(struct wasm_sockaddr_in);
  const int result = wasm_sock_connect(fd, address, size);
  *error = result < 0 ? -result : 0;
  if (*error == WASM_EINPROGRESS || *error == WASM_EAGAIN || *error == WASM_EINTR)
    code = await_connect(easy, fd, until, error);
  if (code || *error) {
    wasm_sock_close(fd);
  } else {
    easy->connection.fd = fd;
  }
  return code;
}

/* ---- All addresses --------------------------------------------------------------------------------------------- */

/* An address gets half of the time left, the last one all of it: a silent first address leaves the next a chance. */
static curl_off_t share_of(curl_off_t until, bool is_last) {
  const curl_off_t now = cw_now_us();
  return is_last || until == CW_NEVER || until <= now ? until : now + (until - now) / 2;
}

static CURLcode try_addresses(struct cw_easy *easy, const struct cw_addresses *addresses, curl_off_t until) {
  const char *host = easy->connection.server.host;
  const int port = easy->connection.server.port;
  int error = 0;
  for (size_t i = 0; i < addresses->count; i++) {
    char text[CW_ADDRESS_TEXT_MAX];
    cw_address_text(&addresses->list[i], text);
    cw_note(easy, "Trying %s, port %d", text, port);
    const CURLcode code = try_address(easy, addresses, i, share_of(until, i + 1 == addresses->count), &error);
    if (code || !error) return code;
    cw_note(easy, "connect to %s, port %d: %s", text, port, wasm_sock_errno_name(error));
  }
  easy->info.os_error = error;
  if (cw_now_us() >= until)
    return cw_fail(easy, CURLE_OPERATION_TIMEDOUT, "Timed out connecting to %s, port %d", host, port);
  return cw_fail(easy, CURLE_COULDNT_CONNECT, "Could not connect to %s, port %d: %s", host, port,
                 wasm_sock_errno_name(error));
}

static void note_endpoints(struct cw_connection *connection) {
  struct wasm_sockaddr_storage address;
  uint32_t size = sizeof address;
  if (wasm_sock_getpeername(connection->fd, &address, &size) >= 0)
    connection->peer_port = cw_address_text(&address, connection->peer_ip);
  size = sizeof address;
  if (wasm_sock_getsockname(connection->fd, &address, &size) >= 0)
    connection->local_port = cw_address_text(&address, connection->local_ip);
}

/* Only host and port: what tells whether a connection leads to the same server. */
static CURLcode remember_server(struct cw_connection *connection, const struct cw_url *server) {
  connection->server.host = strdup(server->host);
  connection->server.port = server->port;
  return connection->server.host ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

CURLcode cw_connect(struct cw_easy *easy, const struct cw_url *server) {
  struct cw_addresses addresses = {0};
  const curl_off_t timeout_ms = easy->set.connect_timeout_ms ? easy->set.connect_timeout_ms : CONNECT_TIMEOUT_MS;
  const curl_off_t until = cw_deadline(cw_now_us(), timeout_ms);
  cw_disconnect(easy);
  CURLcode code = remember_server(&easy->connection, server);
  if (!code) code = cw_resolve(easy, server, &addresses);
  if (!code) easy->info.resolve_time = cw_elapsed_us(easy);
  if (!code) code = try_addresses(easy, &addresses, until);
  free(addresses.list);
  if (code) return code;
  note_endpoints(&easy->connection);
  easy->info.connects++;
  cw_note(easy, "Connected to %s, port %d", server->host, server->port);
  return CURLE_OK;
}

/* ---- Keeping --------------------------------------------------------------------------------------------------- */

/* An idle connection has nothing to read: what is readable was closed, or speaks out of turn. */
bool cw_can_reuse(const struct cw_easy *easy, const struct cw_url *server) {
  const struct cw_connection *connection = &easy->connection;
  if (connection->fd < 0 || !cw_url_same_server(&connection->server, server)) return false;
  struct wasm_pollfd poll = {connection->fd, WASM_POLLIN, 0};
  return wasm_sock_poll(&poll, 1, 0) == 0;
}

void cw_disconnect(struct cw_easy *easy) {
  if (easy->connection.fd >= 0) wasm_sock_close(easy->connection.fd);
  cw_url_free(&easy->connection.server);
  easy->connection = (struct cw_connection){.fd = -1};
}
