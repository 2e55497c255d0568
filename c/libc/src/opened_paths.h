/* Paths by which directories were opened, for fchdir: WASI has none for a descriptor. */
#ifndef POSIX_WASM_OPENED_PATHS_H
#define POSIX_WASM_OPENED_PATHS_H

/* Remembers a descriptor that was opened, if it is a directory's. A failure is passed over. */
void __posix_opened(int fd, int directory, const char *path);

/* The absolute path that a descriptor was opened by; NULL where it is not known. It may be another's by now. */
const char *__posix_path_of(int fd);

/* The path of a directory that is the same as that of a descriptor, among all that are remembered; or NULL. */
const char *__posix_path_like(int fd);

#endif
