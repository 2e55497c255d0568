/* What one thread sees of mutexes of each type, of condition variables, read-write locks, spin locks and barriers. */
#include "say.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <sys/time.h>
#include <threads.h>

static const char *error_of(int error) { return errno_name(error); }

static struct timespec in_ms(clockid_t clock, int ms) {
  struct timespec at;
  clock_gettime(clock, &at);
  at.tv_nsec += ms % 1000 * 1000000L;
  at.tv_sec += ms / 1000 + at.tv_nsec / 1000000000;
  at.tv_nsec %= 1000000000;
  return at;
}

static int is_over(clockid_t clock, struct timespec end) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec);
}

static void say_error(const char *what, int error) { printf("%s: %s\n", what, error_of(error)); }

static void locked_twice(pthread_mutex_t *mutex, int type) {
  struct timespec soon = in_ms(CLOCK_REALTIME, 30), wrong = {0, -1}, past = {0, 0};
  say_error("trylock again", pthread_mutex_trylock(mutex));
  say_error("timedlock again", pthread_mutex_timedlock(mutex, &soon));
  say_whether("after its time", type != PTHREAD_MUTEX_NORMAL || is_over(CLOCK_REALTIME, soon));
  say_error("timedlock in the past", pthread_mutex_timedlock(mutex, &past));
  if (type == PTHREAD_MUTEX_NORMAL) say_error("timedlock of a wrong time", pthread_mutex_timedlock(mutex, &wrong));
  if (type != PTHREAD_MUTEX_NORMAL) say_error("lock again", pthread_mutex_lock(mutex));
  if (type != PTHREAD_MUTEX_RECURSIVE) return;
  for (int i = 0; i < 5; i++) say_error("unlock", pthread_mutex_unlock(mutex));
}

static void of_type(const char *name, int type) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t mutex;
  int kept = -1;
  printf("-- %s\n", name);
  say_error("attributes", pthread_mutexattr_init(&attributes));
  say_error("settype", pthread_mutexattr_settype(&attributes, type));
  say_error("gettype", pthread_mutexattr_gettype(&attributes, &kept));
  printf("kept %d\n", kept == type);
  say_error("init", pthread_mutex_init(&mutex, &attributes));
  if (type != PTHREAD_MUTEX_NORMAL) say_error("unlock at first", pthread_mutex_unlock(&mutex));
  say_error("lock", pthread_mutex_lock(&mutex));
  locked_twice(&mutex, type);
  if (type != PTHREAD_MUTEX_RECURSIVE) say_error("destroy, locked", pthread_mutex_destroy(&mutex));
  if (type != PTHREAD_MUTEX_RECURSIVE) say_error("unlock", pthread_mutex_unlock(&mutex));
  if (type != PTHREAD_MUTEX_NORMAL) say_error("unlock once more", pthread_mutex_unlock(&mutex));
  say_error("trylock", pthread_mutex_trylock(&mutex));
  say_error("unlock", pthread_mutex_unlock(&mutex));
  say_error("consistent", pthread_mutex_consistent(&mutex));
  say_error("destroy", pthread_mutex_destroy(&mutex));
  pthread_mutexattr_destroy(&attributes);
}

static void of_initializers(void) {
  static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
  static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
  puts("-- by initializers");
  say_error("plain", pthread_mutex_lock(&plain));
  say_error("plain again", pthread_mutex_trylock(&plain));
  say_error("recursive", pthread_mutex_lock(&recursive));
  say_error("recursive again", pthread_mutex_lock(&recursive));
  say_error("checking", pthread_mutex_lock(&checking));
  say_error("checking again", pthread_mutex_lock(&checking));
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  say_error("no type", pthread_mutexattr_settype(&attributes, 77));
  int robust = -1, protocol = -1, shared = -1;
  pthread_mutexattr_getrobust(&attributes, &robust);
  pthread_mutexattr_getprotocol(&attributes, &protocol);
  pthread_mutexattr_getpshared(&attributes, &shared);
  printf("%d %d %d\n", robust, protocol, shared);
}

static sigjmp_buf back;
static void on_alarm(int signal) {
  (void)signal;
  siglongjmp(back, 1);
}

/* A lock that never comes can still be left by a signal. */
static void deadlock(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  struct itimerval soon = {{0, 0}, {0, 50000}};
  puts("-- deadlock");
  signal(SIGALRM, on_alarm);
  pthread_mutex_lock(&mutex);
  if (sigsetjmp(back, 1) == 0) {
    setitimer(ITIMER_REAL, &soon, NULL);
    pthread_mutex_lock(&mutex);
    puts("it was locked twice");
  } else {
    puts("left by a signal");
  }
}

static void conditions(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER, monotonic;
  pthread_condattr_t attributes;
  clockid_t clock = 77;
  puts("-- conditions");
  struct timespec soon = in_ms(CLOCK_REALTIME, 30), wrong = {0, 1000000000};
  pthread_mutex_lock(&mutex);
  say_error("signal", pthread_cond_signal(&condition));
  say_error("broadcast", pthread_cond_broadcast(&condition));
  say_error("timedwait", pthread_cond_timedwait(&condition, &mutex, &soon));
  say_whether("after its time", is_over(CLOCK_REALTIME, soon));
  say_error("locked again", pthread_mutex_trylock(&mutex));
  say_error("timedwait in the past", pthread_cond_timedwait(&condition, &mutex, &soon));
  say_error("timedwait of a wrong time", pthread_cond_timedwait(&condition, &mutex, &wrong));
  pthread_condattr_init(&attributes);
  pthread_condattr_getclock(&attributes, &clock);
  printf("clock %d\n", clock == CLOCK_REALTIME);
  say_error("setclock", pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
  pthread_condattr_getclock(&attributes, &clock);
  printf("clock %d\n", clock == CLOCK_MONOTONIC);
  say_error("setclock to another", pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID));
  say_error("init", pthread_cond_init(&monotonic, &attributes));
  soon = in_ms(CLOCK_MONOTONIC, 30);
  say_error("timedwait", pthread_cond_timedwait(&monotonic, &mutex, &soon));
  say_whether("after its time", is_over(CLOCK_MONOTONIC, soon));
  soon = in_ms(CLOCK_MONOTONIC, 10);
  say_error("clockwait", pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &soon));
  say_error("unlock", pthread_mutex_unlock(&mutex));
  soon = in_ms(CLOCK_MONOTONIC, 10);
  say_error("clocklock", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &soon));
  say_error("clocklock again", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &soon));
  say_error("destroy", pthread_cond_destroy(&condition));
}

static void read_write(void) {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  struct timespec soon = in_ms(CLOCK_REALTIME, 30), past = {0, 0};
  puts("-- read and write");
  say_error("read", pthread_rwlock_rdlock(&lock));
  say_error("read again", pthread_rwlock_rdlock(&lock));
  say_error("try to read", pthread_rwlock_tryrdlock(&lock));
  say_error("try to write", pthread_rwlock_trywrlock(&lock));
  say_error("write in time", pthread_rwlock_timedwrlock(&lock, &soon));
  say_whether("after its time", is_over(CLOCK_REALTIME, soon));
  for (int i = 0; i < 3; i++) say_error("unlock", pthread_rwlock_unlock(&lock));
  say_error("write", pthread_rwlock_wrlock(&lock));
  say_error("write again", pthread_rwlock_wrlock(&lock));
  say_error("read", pthread_rwlock_rdlock(&lock));
  say_error("try to read", pthread_rwlock_tryrdlock(&lock));
  say_error("try to write", pthread_rwlock_trywrlock(&lock));
  say_error("read in time", pthread_rwlock_timedrdlock(&lock, &past));
  say_error("unlock", pthread_rwlock_unlock(&lock));
  say_error("try to write", pthread_rwlock_trywrlock(&lock));
  say_error("unlock", pthread_rwlock_unlock(&lock));
  say_error("destroy", pthread_rwlock_destroy(&lock));
}

static int times_called;
static void once(void) { times_called++; }
static void count_in(void *argument) { ++*(int *)argument; }

static void others(void) {
  pthread_spinlock_t spin;
  pthread_barrier_t barrier;
  pthread_once_t control = PTHREAD_ONCE_INIT;
  puts("-- others");
  say_error("spin init", pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
  say_error("spin", pthread_spin_lock(&spin));
  say_error("try to spin", pthread_spin_trylock(&spin));
  say_error("unlock", pthread_spin_unlock(&spin));
  say_error("try to spin", pthread_spin_trylock(&spin));
  say_error("no barrier", pthread_barrier_init(&barrier, NULL, 0));
  say_error("barrier", pthread_barrier_init(&barrier, NULL, 1));
  printf("wait %d\n", pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
  say_error("destroy", pthread_barrier_destroy(&barrier));
  for (int i = 0; i < 3; i++) pthread_once(&control, once);
  printf("once %d\n", times_called);
  int cleaned = 0;
  pthread_cleanup_push(count_in, &cleaned);
  pthread_cleanup_pop(1);
  printf("cleaned %d\n", cleaned);
  printf("self %d\n", pthread_equal(pthread_self(), pthread_self()) != 0);
}

static void of_c11(void) {
  mtx_t plain, timed, recursive;
  cnd_t condition;
  struct timespec soon = in_ms(CLOCK_REALTIME, 20);
  puts("-- of C11");
  printf("%d %d", mtx_init(&plain, mtx_plain) == thrd_success, mtx_init(&timed, mtx_timed) == thrd_success);
  printf(" %d %d\n", mtx_init(&recursive, mtx_recursive) == thrd_success, cnd_init(&condition) == thrd_success);
  printf("plain %d", mtx_lock(&plain) == thrd_success);
  printf(" %d\n", mtx_trylock(&plain) == thrd_busy);
  printf("timed %d", mtx_lock(&timed) == thrd_success);
  printf(" %d\n", mtx_timedlock(&timed, &soon) == thrd_timedout);
  printf("recursive %d", mtx_lock(&recursive) == thrd_success);
  printf(" %d %d", mtx_lock(&recursive) == thrd_success, mtx_trylock(&recursive) == thrd_success);
  for (int i = 0; i < 3; i++) printf(" %d", mtx_unlock(&recursive) == thrd_success);
  printf("\ncondition %d", cnd_timedwait(&condition, &plain, &soon) == thrd_timedout);
  printf(" %d %d\n", cnd_signal(&condition) == thrd_success, mtx_unlock(&plain) == thrd_success);
}

int main(void) {
  of_type("normal", PTHREAD_MUTEX_NORMAL);
  of_type("recursive", PTHREAD_MUTEX_RECURSIVE);
  of_type("error-checking", PTHREAD_MUTEX_ERRORCHECK);
  of_initializers();
  deadlock();
  conditions();
  read_write();
  others();
  of_c11();
  return 0;
}
