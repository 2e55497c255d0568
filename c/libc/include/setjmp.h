/* wasi-libc's <setjmp.h>, with the names that it declares and has no code for. The compiler knows only setjmp itself,
 * so that the others are macros. Needs WebAssembly's exceptions: `posix-wasm cc` asks for them. */
#include_next <setjmp.h>

#ifndef _POSIX_WASM_SETJMP_H
#define _POSIX_WASM_SETJMP_H

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(_POSIX_SOURCE) && !defined(_POSIX_C_SOURCE) && !defined(_XOPEN_SOURCE) && !defined(_GNU_SOURCE) && \
    !defined(_BSD_SOURCE)
typedef jmp_buf sigjmp_buf;
_Noreturn void siglongjmp(sigjmp_buf, int);
#endif

/* Puts the signal mask into the buffer when it is to be saved; returns the buffer. */
struct __jmp_buf_tag *__sigjmp_prepare(struct __jmp_buf_tag *, int);

#define sigsetjmp(buffer, save) setjmp(__sigjmp_prepare(buffer, save))
#define _setjmp(buffer) setjmp(buffer)
#define _longjmp(buffer, value) longjmp(buffer, value)

#ifdef __cplusplus
}
#endif

#endif
