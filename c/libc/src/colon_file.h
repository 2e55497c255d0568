/* Files of lines whose fields are parted by colons: /etc/passwd and /etc/group. */
#ifndef POSIX_WASM_COLON_FILE_H
#define POSIX_WASM_COLON_FILE_H

#include <stdio.h>

/* Reads the next line of `file` into `buffer` and cuts it at its colons. Returns how many fields there are, 0 at the
 * end, and -1 with ERANGE when the buffer is too small. Lines that have fewer than `least` fields, or begin with #, are
 * passed over. */
int __posix_next_fields(FILE *file, char *buffer, size_t size, char **fields, int least, int most);

#endif
