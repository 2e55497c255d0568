/* The end of the one thread is the end of the program: exit(0), as when the last thread has ended. */
#include <pthread.h>
#include <stdlib.h>

static struct __ptcb *cleanups;

/* wasi-libc calls these two for pthread_cleanup_push and pthread_cleanup_pop. */
void __do_cleanup_push(struct __ptcb *cleanup) {
  cleanup->__next = cleanups;
  cleanups = cleanup;
}

void __do_cleanup_pop(struct __ptcb *cleanup) { cleanups = cleanup->__next; }

/* wasi-libc's: the destructors of pthread_key_create. */
void __pthread_tsd_run_dtors(void) __attribute__((__weak__));

_Noreturn void pthread_exit(void *answer) {
  (void)answer;
  while (cleanups) {
    struct __ptcb *cleanup = cleanups;
    cleanups = cleanup->__next;
    cleanup->__f(cleanup->__x);
  }
  if (__pthread_tsd_run_dtors) __pthread_tsd_run_dtors();
  exit(0);
}
