#ifndef POSIX_WASM_START_H
#define POSIX_WASM_START_H

/* What the host told of the zone in TZ, by a variable that the program does not see; NULL for nothing. */
extern const char *__posix_given_zone;

#endif
