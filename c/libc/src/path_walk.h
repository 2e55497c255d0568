/* Paths by the names that they really have: without links, dots and double slashes. */
#ifndef POSIX_WASM_PATH_WALK_H
#define POSIX_WASM_PATH_WALK_H

#include <sys/stat.h>

/* The path so, allocated, with a description of what is there; of the root, and what the host does not show, it is a
 * directory's. NULL with an errno for what is not there. */
char *__posix_real_path(const char *path, struct stat *file);

#endif
