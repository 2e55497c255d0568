/* From a host name to addresses. */
#ifndef CW_RESOLVE_H
#define CW_RESOLVE_H

#include <stddef.h>

#include "easy.h"
#include "posix_sockets.h"

struct cw_addresses {
  struct wasm_sockaddr_storage *list; /* to be freed */
  size_t count;
};

/* At least one address, with its port. CURLOPT_RESOLVE is asked first. */
CURLcode cw_resolve(struct cw_easy *easy, const struct cw_url *server, struct cw_addresses *addresses);

#endif
