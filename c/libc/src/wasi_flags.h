/* The flags of open files by wasi-libc's numbers, which its own objects use, and preview 1's, which are its lowest bits. */
#ifndef POSIX_WASM_WASI_FLAGS_H
#define POSIX_WASM_WASI_FLAGS_H

#include <fcntl.h>
#include <wasi/api.h>

enum {
  WASI_CREAT = 0x1000,
  WASI_DIRECTORY = 0x2000,
  WASI_EXCL = 0x4000,
  WASI_TRUNC = 0x8000,
  WASI_NOFOLLOW = 0x01000000,
  WASI_RDONLY = 0x04000000,
  WASI_SEARCH = 0x08000000,
  WASI_WRONLY = 0x10000000
};

/* Those that every file may have, by preview 1's bits. */
static inline int fdflags_of(int flags) {
  return (flags & O_APPEND ? __WASI_FDFLAGS_APPEND : 0) | (flags & O_NONBLOCK ? __WASI_FDFLAGS_NONBLOCK : 0) |
         (flags & O_DSYNC ? __WASI_FDFLAGS_DSYNC : 0) |
         ((flags & O_SYNC) == O_SYNC ? __WASI_FDFLAGS_SYNC | __WASI_FDFLAGS_RSYNC : 0);
}

static inline int of_fdflags(int flags) {
  return (flags & __WASI_FDFLAGS_APPEND ? O_APPEND : 0) | (flags & __WASI_FDFLAGS_NONBLOCK ? O_NONBLOCK : 0) |
         (flags & __WASI_FDFLAGS_DSYNC ? O_DSYNC : 0) |
         (flags & (__WASI_FDFLAGS_SYNC | __WASI_FDFLAGS_RSYNC) ? O_SYNC : 0);
}

#endif
