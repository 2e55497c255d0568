/* The name of the one thread: prctl(PR_SET_NAME) and pthread_setname_np. */
#ifndef POSIX_WASM_PROCESS_NAME_H
#define POSIX_WASM_PROCESS_NAME_H

/* Without its NUL. */
enum { LONGEST_NAME = 15 };

/* The first 15 bytes count. */
void __posix_set_process_name(const char *name);
const char *__posix_process_name(void);

#endif
