/* Numeric addresses as text. */
#ifndef CW_ADDRESS_H
#define CW_ADDRESS_H

#include "posix_sockets.h"

/* Writes "127.0.0.1" or "::1" to `text` (46 bytes are enough) and returns the port; "" and 0 for another family. */
int cw_address_text(const struct wasm_sockaddr_storage *address, char *text);

#endif
