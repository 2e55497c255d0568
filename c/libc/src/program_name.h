#ifndef POSIX_WASM_PROGRAM_NAME_H
#define POSIX_WASM_PROGRAM_NAME_H

/* The last part of the path that the program was started by; "" when nobody said. */
const char *__posix_program_name(void);

/* The path that the program was started by; "" if there is none. */
const char *__posix_invocation_name(void);

#endif
