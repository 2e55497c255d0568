#include "unix_path.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"
#include "working_directory.h"

enum { PATH_AT = offsetof(struct sockaddr_un, sun_path), PATH_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path) };

/* Names by which sockets were bound that the host knows by others. */
struct named {
  struct named *next;
  char absolute[PATH_SIZE + 1], given[PATH_SIZE + 1];
};

static struct named *all;

int __posix_is_in_memory(const void *at, size_t size) {
  return (unsigned long long)(uintptr_t)at + size <= (unsigned long long)__builtin_wasm_memory_size(0) * 65536;
}

/* The path of an address, which need not end with a NUL. 0 for one that is not relative to a directory. */
static int read_relative(const struct sockaddr *address, socklen_t length, char path[PATH_SIZE + 1]) {
  if (length <= PATH_AT || length > sizeof(struct sockaddr_un) || !__posix_is_in_memory(address, length)) return 0;
  if (address->sa_family != AF_UNIX) return 0;
  memcpy(path, (const char *)address + PATH_AT, length - PATH_AT);
  path[length - PATH_AT] = '\0';
  return *path && *path != '/';
}

int __posix_unix_path(const struct sockaddr *address, socklen_t length, struct unix_path *path) {
  char relative[PATH_SIZE + 1];
  path->address = address;
  path->length = length;
  if (!address || !__posix_has_moved() || !read_relative(address, length, relative)) return 0;
  const char *directory = __posix_working_directory();
  size_t before = strcmp(directory, "/") == 0 ? 0 : strlen(directory), after = strlen(relative);
  if (before + 1 + after >= PATH_SIZE) return result(-ENAMETOOLONG);
  path->room.sun_family = AF_UNIX;
  memcpy(path->room.sun_path, directory, before);
  path->room.sun_path[before] = '/';
  memcpy(path->room.sun_path + before + 1, relative, after + 1);
  path->address = (const struct sockaddr *)&path->room;
  path->length = (socklen_t)(PATH_AT + before + 1 + after + 1);
  return 0;
}

void __posix_unix_bound(const struct sockaddr *address, socklen_t length, const struct unix_path *path) {
  if (path->address == address) return;
  struct named *named = malloc(sizeof *named);
  if (!named) return;
  strcpy(named->absolute, path->room.sun_path);
  read_relative(address, length, named->given);
  named->next = all;
  all = named;
}

socklen_t __posix_unix_room(const socklen_t *length) {
  return all && length && __posix_is_in_memory(length, sizeof *length) ? *length : 0;
}

void __posix_unix_named(struct sockaddr *address, socklen_t *length, socklen_t room) {
  if (room == 0 || !address || *length <= PATH_AT || *length > room || address->sa_family != AF_UNIX) return;
  char *path = (char *)address + PATH_AT;
  for (struct named *named = all; named; named = named->next)
    if (strncmp(named->absolute, path, *length - PATH_AT) == 0) {
      strcpy(path, named->given); /* shorter */
      *length = (socklen_t)(PATH_AT + strlen(path) + 1);
      return;
    }
}
