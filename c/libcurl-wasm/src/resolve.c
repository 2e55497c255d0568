#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool add(struct cw_addresses *addresses, const void *address, size_t size) {
  struct wasm_sockaddr_storage *list = realloc(addresses->list, (addresses->count + 1) * sizeof *list);
  if (!list) return false;
  addresses->list = list;
  memset(&list[addresses->count], 0, sizeof *list);
  memcpy(&list[addresses->count++], address, size < sizeof *list ? size : sizeof *list);
  return true;
}

/* ---- CURLOPT_RESOLVE: "HOST:PORT:ADDRESS[,ADDRESS]…" ----------------------------------------------------------- */

/* The addresses of an entry that names this server; NULL for any other. */
static const char *addresses_for(const char *entry, const struct cw_url *server) {
  char port[16];
  const size_t port_length = (size_t)snprintf(port, sizeof port, ":%d:", server->port);
  const size_t host_length = strlen(server->host);
  if (*entry == '+') entry++;
  if (strlen(entry) < host_length || !cw_span_is((struct cw_span){entry, host_length}, server->host)) return NULL;
  return strncmp(entry + host_length, port, port_length) == 0 ? entry + host_length + port_length : NULL;
}

static CURLcode add_stated(struct cw_addresses *addresses, const char *text, int port) {
  while (*text) {
    struct wasm_sockaddr_storage address = {0};
    char one[CW_ADDRESS_TEXT_MAX];
    size_t length = strcspn(text, ",");
    const char *start = text;
    text += text[length] ? length + 1 : length;
    if (*start == '[' && length >= 2 && start[length - 1] == ']') {
      start++;
      length -= 2;
    }
    if (length >= sizeof one) return CURLE_SETOPT_OPTION_SYNTAX;
    memcpy(one, start, length);
    one[length] = '\0';
    const uint32_t size = wasm_sock_address(&address, one, (uint16_t)port);
    if (size == 0) return CURLE_SETOPT_OPTION_SYNTAX;
    if (!add(addresses, &address, size)) return CURLE_OUT_OF_MEMORY;
  }
  return CURLE_OK;
}

static CURLcode ask_caller(const struct cw_easy *easy, const struct cw_url *server, struct cw_addresses *addresses) {
  for (const struct curl_slist *item = easy->set.resolve; item; item = item->next) {
    const char *text = addresses_for(item->data, server);
    if (text) return add_stated(addresses, text, server->port);
  }
  return CURLE_OK;
}

/* ---- The host's resolver --------------------------------------------------------------------------------------- */

static CURLcode ask_resolver(struct cw_easy *easy, const struct cw_url *server, struct cw_addresses *addresses) {
  static const int families[] = {WASM_AF_UNSPEC, WASM_AF_INET, WASM_AF_INET6};
  const struct wasm_addrinfo hints = {.ai_family = families[easy->set.ip_version], .ai_socktype = WASM_SOCK_STREAM};
  struct wasm_addrinfo *found = NULL;
  char port[16];
  bool is_complete = true;
  snprintf(port, sizeof port, "%d", server->port);
  const int result = wasm_sock_getaddrinfo(server->host, port, &hints, &found);
  if (result < 0) {
    if (result == WASM_EAI_SYSTEM) easy->info.os_error = wasm_sock_last_error();
    return result == WASM_EAI_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_COULDNT_RESOLVE_HOST;
  }
  for (const struct wasm_addrinfo *one = found; one && is_complete; one = one->ai_next)
    if (one->ai_family == WASM_AF_INET || one->ai_family == WASM_AF_INET6)
      is_complete = add(addresses, one->ai_addr, one->ai_addrlen);
  wasm_sock_freeaddrinfo(found);
  return is_complete ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

CURLcode cw_resolve(struct cw_easy *easy, const struct cw_url *server, struct cw_addresses *addresses) {
  CURLcode code = ask_caller(easy, server, addresses);
  if (!code && addresses->count == 0) code = ask_resolver(easy, server, addresses);
  if (!code && addresses->count == 0) code = CURLE_COULDNT_RESOLVE_HOST;
  return code ? cw_fail(easy, code, "Could not resolve host: %s", server->host) : CURLE_OK;
}
