/* struct msghdr is passed to the host as it is. */
#include <stddef.h>
#include <sys/socket.h>

#include "posix_sockets.h"

_Static_assert(sizeof(struct msghdr) == sizeof(struct wasm_msghdr), "msghdr");
_Static_assert(offsetof(struct msghdr, msg_iovlen) == offsetof(struct wasm_msghdr, msg_iovlen), "msg_iovlen");
_Static_assert(offsetof(struct msghdr, msg_flags) == offsetof(struct wasm_msghdr, msg_flags), "msg_flags");
_Static_assert(sizeof(struct iovec) == sizeof(struct wasm_iovec), "iovec");
