#include <unistd.h>

#include "flags.h"
#include "posix_sockets.h"
#include "result.h"

int pipe(int fds[2]) { return result(wasm_sock_pipe(fds, 0)); }

int pipe2(int fds[2], int flags) { return result(wasm_sock_pipe(fds, host_flags(flags))); }
