/* The working directory: an absolute path without links, dots and double slashes. */
#ifndef POSIX_WASM_WORKING_DIRECTORY_H
#define POSIX_WASM_WORKING_DIRECTORY_H

const char *__posix_working_directory(void);

/* Sets it to a path that is in such a form. 0, or -1 with ENOMEM. */
int __posix_set_working_directory(const char *path);

/* The same for the one that the program starts in. */
void __posix_start_in(const char *path);

/* Whether it is another than the one in which the program started. */
int __posix_has_moved(void);

#endif
