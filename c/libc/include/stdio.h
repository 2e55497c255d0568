/* wasi-libc's <stdio.h> and what it leaves out or warns of. */
#define tmpfile __wasi_tmpfile
#define tmpnam __wasi_tmpnam
#include_next <stdio.h>
#undef tmpfile
#undef tmpnam

#ifndef _POSIX_WASM_STDIO_H
#define _POSIX_WASM_STDIO_H

#ifdef __cplusplus
extern "C" {
#endif

#define TMP_MAX 10000
#define L_tmpnam 20
FILE *tmpfile(void);
char *tmpnam(char *);

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || \
    defined(_BSD_SOURCE)
FILE *popen(const char *, const char *);
int pclose(FILE *);
#ifndef _REENTRANT
void flockfile(FILE *);
int ftrylockfile(FILE *);
void funlockfile(FILE *);
#endif
#endif

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
#define P_tmpdir "/tmp"
char *tempnam(const char *, const char *);
#endif

#ifdef __cplusplus
}
#endif

#endif
