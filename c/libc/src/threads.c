/* C11's <threads.h> over the one thread of <pthread.h>. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t), "threads.h");

static pthread_mutex_t *mutex_of(mtx_t *mutex) { return (pthread_mutex_t *)mutex; }
static pthread_cond_t *condition_of(cnd_t *condition) { return (pthread_cond_t *)condition; }

static int outcome(int error) {
  switch (error) {
    case 0: return thrd_success;
    case ETIMEDOUT: return thrd_timedout;
    case EBUSY: return thrd_busy;
    case ENOMEM: return thrd_nomem;
    default: return thrd_error;
  }
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
  (void)thread, (void)function, (void)argument;
  return thrd_error; /* as pthread_create */
}

_Noreturn void thrd_exit(int code) { pthread_exit((void *)(intptr_t)code); }

int thrd_join(thrd_t thread, int *code) {
  (void)thread, (void)code;
  return thrd_error;
}

void thrd_yield(void) { sched_yield(); }

void call_once(once_flag *flag, void (*function)(void)) { pthread_once(flag, function); }

int mtx_init(mtx_t *mutex, int kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (kind & mtx_recursive) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  int error = pthread_mutex_init(mutex_of(mutex), &attributes);
  pthread_mutexattr_destroy(&attributes);
  return outcome(error);
}

void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy(mutex_of(mutex)); }
int mtx_lock(mtx_t *mutex) { return outcome(pthread_mutex_lock(mutex_of(mutex))); }
int mtx_trylock(mtx_t *mutex) { return outcome(pthread_mutex_trylock(mutex_of(mutex))); }
int mtx_unlock(mtx_t *mutex) { return outcome(pthread_mutex_unlock(mutex_of(mutex))); }

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until) {
  return outcome(pthread_mutex_timedlock(mutex_of(mutex), until));
}

int cnd_init(cnd_t *condition) { return outcome(pthread_cond_init(condition_of(condition), NULL)); }
void cnd_destroy(cnd_t *condition) { pthread_cond_destroy(condition_of(condition)); }
int cnd_signal(cnd_t *condition) { return outcome(pthread_cond_signal(condition_of(condition))); }
int cnd_broadcast(cnd_t *condition) { return outcome(pthread_cond_broadcast(condition_of(condition))); }

int cnd_wait(cnd_t *condition, mtx_t *mutex) {
  return outcome(pthread_cond_wait(condition_of(condition), mutex_of(mutex)));
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until) {
  return outcome(pthread_cond_timedwait(condition_of(condition), mutex_of(mutex), until));
}

int tss_create(tss_t *key, tss_dtor_t destroy) { return outcome(pthread_key_create(key, destroy)); }
void tss_delete(tss_t key) { pthread_key_delete(key); }
int tss_set(tss_t key, void *value) { return outcome(pthread_setspecific(key, value)); }
