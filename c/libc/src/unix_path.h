/* Paths of local sockets after chdir: the host knows only the directory in which the program started. */
#ifndef POSIX_WASM_UNIX_PATH_H
#define POSIX_WASM_UNIX_PATH_H

#include <sys/socket.h>
#include <sys/un.h>

/* An address as the host is to take it: as it is, or with its relative path made absolute, in `room`. */
struct unix_path {
  const struct sockaddr *address;
  socklen_t length;
  struct sockaddr_un room;
};

/* 0, or -1 with ENAMETOOLONG. */
int __posix_unix_path(const struct sockaddr *address, socklen_t length, struct unix_path *path);

/* Remembers what an address was called that is bound now. */
void __posix_unix_bound(const struct sockaddr *address, socklen_t length, const struct unix_path *path);

/* The room for an address that the host is to write, if it may need another name afterwards; else 0. */
socklen_t __posix_unix_room(const socklen_t *length);

/* Calls an address that the host has written by the name that it was bound by. */
void __posix_unix_named(struct sockaddr *address, socklen_t *length, socklen_t room);

/* Whether what is read here lies in memory: if not, the host is to say EFAULT. */
int __posix_is_in_memory(const void *at, size_t size);

#endif
