/* getaddrinfo over the import: the host's array becomes a list whose every part can be freed by itself, as POSIX asks.
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

#include "posix_sockets.h"

_Static_assert(offsetof(struct addrinfo, ai_addr) == offsetof(struct wasm_addrinfo, ai_addr), "ai_addr");
_Static_assert(sizeof(struct addrinfo) == offsetof(struct wasm_addrinfo, ai_storage), "addrinfo");

static struct wasm_addrinfo *copy(const struct wasm_addrinfo *from) {
  struct wasm_addrinfo *to = malloc(sizeof *to);
  if (!to) return NULL;
  *to = *from;
  to->ai_addr = (struct wasm_sockaddr *)to->ai_storage;
  if (from->ai_canonname) to->ai_canonname = to->ai_name;
  to->ai_next = NULL;
  return to;
}

int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict results) {
  struct wasm_addrinfo *found, *first = NULL, **end = &first;
  int error = wasm_sock_getaddrinfo(node, service, (const struct wasm_addrinfo *)hints, &found);
  if (error == EAI_SYSTEM) errno = wasm_sock_last_error();
  if (error) return error;
  for (struct wasm_addrinfo *entry = found; entry; entry = entry->ai_next) {
    *end = copy(entry);
    if (!*end) {
      freeaddrinfo((struct addrinfo *)first);
      wasm_sock_freeaddrinfo(found);
      return EAI_MEMORY;
    }
    end = &(*end)->ai_next;
  }
  wasm_sock_freeaddrinfo(found);
  *results = (struct addrinfo *)first;
  return 0;
}

void freeaddrinfo(struct addrinfo *list) {
  while (list) {
    struct addrinfo *next = list->ai_next;
    free(list);
    list = next;
  }
}
