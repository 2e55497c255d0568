/* Further descriptors of what is open, whatever it is: the host has one table for all. */
#include <unistd.h>

#include "flags.h"
#include "posix_sockets.h"
#include "result.h"

int dup(int fd) { return result(wasm_sock_dup(fd)); }

int dup2(int fd, int to) { return result(wasm_sock_dup2(fd, to)); }

int dup3(int fd, int to, int flags) { return result(wasm_sock_dup3(fd, to, host_flags(flags))); }
