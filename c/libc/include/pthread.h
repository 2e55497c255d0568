/* wasi-libc's <pthread.h>, and what it leaves out. There is one thread: pthread_create fails with ENOTSUP. */
#include_next <pthread.h>

#ifndef _POSIX_WASM_PTHREAD_H
#define _POSIX_WASM_PTHREAD_H

#ifdef __cplusplus
extern "C" {
#endif

_Noreturn void pthread_exit(void *);
int pthread_cancel(pthread_t);
int pthread_getschedparam(pthread_t, int *__restrict, struct sched_param *__restrict);
int pthread_setschedparam(pthread_t, int, const struct sched_param *);
int pthread_attr_getschedparam(const pthread_attr_t *__restrict, struct sched_param *__restrict);
int pthread_attr_setschedparam(pthread_attr_t *__restrict, const struct sched_param *__restrict);

#ifdef __cplusplus
}
#endif

#endif
