/* <pthread.h>, <threads.h>, <semaphore.h> and <sched.h> as far as one thread goes, and <sys/prctl.h>. */
#include "say.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <threads.h>

static void say_error(const char *what, int error) { printf("%s: %s\n", what, errno_name(error)); }

static void names(void) {
  char name[16] = "";
  say_error("pthread_setname_np", pthread_setname_np(pthread_self(), "worker"));
  say_error("too long", pthread_setname_np(pthread_self(), "a name of sixteen"));
  say_error("pthread_getname_np", pthread_getname_np(pthread_self(), name, sizeof name));
  printf("%s\n", name);
  say_error("no room", pthread_getname_np(pthread_self(), name, 3));
  say("PR_SET_NAME", prctl(PR_SET_NAME, "a name of sixteen and more"));
  say("PR_GET_NAME", prctl(PR_GET_NAME, name));
  printf("%s\n", name);
}

static void flags(void) {
  int signal = -1;
  say("PR_GET_DUMPABLE", prctl(PR_GET_DUMPABLE));
  say("PR_SET_DUMPABLE", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  say("PR_GET_DUMPABLE", prctl(PR_GET_DUMPABLE));
  say("PR_SET_DUMPABLE of 3", prctl(PR_SET_DUMPABLE, 3, 0, 0, 0));
  say("PR_GET_NO_NEW_PRIVS", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  say("PR_SET_NO_NEW_PRIVS", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  say("PR_SET_NO_NEW_PRIVS of 0", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  say("PR_GET_NO_NEW_PRIVS", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  say("PR_SET_PDEATHSIG", prctl(PR_SET_PDEATHSIG, SIGTERM));
  say("PR_GET_PDEATHSIG", prctl(PR_GET_PDEATHSIG, &signal));
  printf("%d\n", signal);
  say("PR_SET_PDEATHSIG of 99", prctl(PR_SET_PDEATHSIG, 99));
  say("PR_GET_KEEPCAPS", prctl(PR_GET_KEEPCAPS));
  say("PR_SET_TIMERSLACK", prctl(PR_SET_TIMERSLACK, 1000));
  say("PR_GET_TIMERSLACK", prctl(PR_GET_TIMERSLACK));
  say("an unknown option", prctl(12345));
}

static void scheduling(void) {
  struct sched_param parameters = {.sched_priority = 5};
  int policy = -1;
  printf("%d to %d, %d to %d, %d to %d\n", sched_get_priority_min(SCHED_OTHER), sched_get_priority_max(SCHED_OTHER),
         sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_FIFO), sched_get_priority_min(SCHED_RR),
         sched_get_priority_max(SCHED_RR));
  say("of no policy", sched_get_priority_max(77));
  say("sched_getscheduler", sched_getscheduler(0));
  say("sched_getparam", sched_getparam(0, &parameters));
  printf("priority %d\n", parameters.sched_priority);
  say("of no process", sched_getscheduler(-1));
  parameters.sched_priority = 1;
  say("SCHED_OTHER has one priority", sched_setscheduler(0, SCHED_OTHER, &parameters));
  parameters.sched_priority = 100;
  say("SCHED_FIFO has 99", sched_setscheduler(0, SCHED_FIFO, &parameters));
  parameters.sched_priority = 0;
  say("SCHED_BATCH", sched_setscheduler(0, SCHED_BATCH, &parameters));
  say("sched_getscheduler", sched_getscheduler(0));
  say("SCHED_OTHER", sched_setscheduler(0, SCHED_OTHER, &parameters));
  say_error("pthread_getschedparam", pthread_getschedparam(pthread_self(), &policy, &parameters));
  printf("policy %d, priority %d\n", policy, parameters.sched_priority);
  say_error("pthread_setschedparam", pthread_setschedparam(pthread_self(), SCHED_OTHER, &parameters));
  say("sched_yield", sched_yield());
}

static void processors(void) {
  cpu_set_t one, other, both;
  CPU_ZERO(&one);
  CPU_ZERO(&other);
  CPU_SET(0, &one);
  CPU_SET(70, &one);
  CPU_SET(70, &other);
  CPU_SET(5, &other);
  printf("%d and %d\n", CPU_COUNT(&one), CPU_COUNT(&other));
  printf("70: %d, 71: %d, 5000: %d\n", CPU_ISSET(70, &one) != 0, CPU_ISSET(71, &one) != 0, CPU_ISSET(5000, &one) != 0);
  CPU_AND(&both, &one, &other);
  printf("and %d", CPU_COUNT(&both));
  CPU_OR(&both, &one, &other);
  printf(", or %d", CPU_COUNT(&both));
  CPU_XOR(&both, &one, &other);
  printf(", either %d\n", CPU_COUNT(&both));
  CPU_CLR(70, &one);
  printf("without 70: %d, the same: %d\n", CPU_COUNT(&one), CPU_EQUAL(&one, &other) != 0);
  cpu_set_t *large = CPU_ALLOC(4000);
  size_t size = CPU_ALLOC_SIZE(4000);
  CPU_ZERO_S(size, large);
  CPU_SET_S(3999, size, large);
  printf("of 4000: %d\n", CPU_COUNT_S(size, large));
  CPU_FREE(large);
  say_whether("sched_getaffinity", sched_getaffinity(0, sizeof one, &one) >= 0 && CPU_COUNT(&one) > 0);
  say("sched_setaffinity to the same", sched_setaffinity(0, sizeof one, &one));
  CPU_ZERO(&one);
  say("to none", sched_setaffinity(0, sizeof one, &one));
  say_whether("sched_getcpu", sched_getcpu() >= 0);
}

static void attributes(void) {
  pthread_attr_t made;
  int value = -1;
  pthread_attr_init(&made);
  say_error("setschedpolicy", pthread_attr_setschedpolicy(&made, SCHED_RR));
  say_error("getschedpolicy", pthread_attr_getschedpolicy(&made, &value));
  printf("%d\n", value);
  say_error("of no policy", pthread_attr_setschedpolicy(&made, 77));
  say_error("setinheritsched", pthread_attr_setinheritsched(&made, PTHREAD_EXPLICIT_SCHED));
  say_error("getinheritsched", pthread_attr_getinheritsched(&made, &value));
  say_whether("explicit", value == PTHREAD_EXPLICIT_SCHED);
  say_error("unknown", pthread_attr_setinheritsched(&made, 77));
  say_error("setscope", pthread_attr_setscope(&made, PTHREAD_SCOPE_SYSTEM));
  say_error("of the process", pthread_attr_setscope(&made, PTHREAD_SCOPE_PROCESS));
  say_error("getscope", pthread_attr_getscope(&made, &value));
  say_whether("of the system", value == PTHREAD_SCOPE_SYSTEM);
  say_error("setconcurrency", pthread_setconcurrency(3));
  printf("%d\n", pthread_getconcurrency());
  say_error("negative", pthread_setconcurrency(-1));
  say_error("pthread_atfork", pthread_atfork(NULL, NULL, NULL));
}

static sem_t posted;
static void post(int signal) {
  (void)signal;
  sem_post(&posted);
}

static struct timespec in_ms(long ms) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_nsec += ms * 1000000;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  return time;
}

static void semaphores(void) {
  sem_t one;
  int value = -1;
  say("sem_init", sem_init(&one, 0, 2));
  say("too large", sem_init(&posted, 0, 0x80000000));
  say("sem_wait", sem_wait(&one));
  say("sem_trywait", sem_trywait(&one));
  say("sem_trywait of 0", sem_trywait(&one));
  struct timespec soon = in_ms(20), bad = {0, -1};
  say("sem_timedwait", sem_timedwait(&one, &soon));
  say("a time that is none", sem_timedwait(&one, &bad));
  say("sem_post", sem_post(&one));
  say("a time that is none, with nothing to wait for", sem_timedwait(&one, &bad));
  sem_post(&one);
  say("sem_getvalue", sem_getvalue(&one, &value));
  printf("%d\n", value);
  say("sem_destroy", sem_destroy(&one));
  sem_init(&one, 0, 0x7fffffff);
  printf("full: %s\n", sem_post(&one) < 0 && errno == EOVERFLOW ? "EOVERFLOW" : "no error");
  sem_init(&posted, 0, 0);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = post;
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, NULL);
  ualarm(20000, 0);
  say("posted by a handler that restarts", sem_wait(&posted));
  action.sa_flags = 0;
  sigaction(SIGALRM, &action, NULL);
  ualarm(20000, 0);
  say("by one that interrupts", sem_wait(&posted));
  say("it was posted", sem_trywait(&posted));
}

static void named(void) {
  char name[64];
  snprintf(name, sizeof name, "/posix-wasm-%d", (int)getpid());
  say("no such semaphore", sem_open(name, 0) == SEM_FAILED ? -1 : 0);
  sem_t *one = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
  say_whether("made", one != SEM_FAILED);
  say("made again", sem_open(name, O_CREAT | O_EXCL, 0600, 3) == SEM_FAILED ? -1 : 0);
  say_whether("the same", sem_open(name, O_CREAT, 0600, 9) == one);
  sem_wait(one);
  int value = -1;
  sem_getvalue(one, &value);
  printf("value %d\n", value);
  say("sem_unlink", sem_unlink(name));
  say("again", sem_unlink(name));
  say("sem_post after that", sem_post(one));
  say("sem_close", sem_close(one));
  say("sem_close", sem_close(one));
  say("a name with two slashes", sem_open("/a/b", O_CREAT, 0600, 1) == SEM_FAILED ? -1 : 0);
}

static int calls;
static void count_call(void) { calls++; }

static void of_c11(void) {
  once_flag once = ONCE_FLAG_INIT;
  call_once(&once, count_call);
  call_once(&once, count_call);
  printf("called %d time\n", calls);
  mtx_t mutex;
  printf("mtx_init %d", mtx_init(&mutex, mtx_plain));
  printf(", lock %d", mtx_lock(&mutex));
  printf(", unlock %d", mtx_unlock(&mutex));
  printf(", trylock %d\n", mtx_trylock(&mutex));
  cnd_t condition;
  printf("cnd_init %d, signal %d, broadcast %d\n", cnd_init(&condition), cnd_signal(&condition),
         cnd_broadcast(&condition));
  struct timespec soon = in_ms(20);
  printf("cnd_timedwait timed out: %d\n", cnd_timedwait(&condition, &mutex, &soon) == thrd_timedout);
  cnd_destroy(&condition);
  mtx_unlock(&mutex);
  mtx_destroy(&mutex);
  tss_t key;
  printf("tss_create %d", tss_create(&key, NULL));
  printf(", set %d", tss_set(key, "value"));
  printf(", get %s\n", (char *)tss_get(key));
  tss_delete(key);
  printf("thrd_equal %d\n", thrd_equal(thrd_current(), thrd_current()) != 0);
  thrd_yield();
}

static void print_end(void *what) { printf("%s\n", (char *)what); }
static void at_exit(void) { printf("at the exit\n"); }

int main(void) {
  pthread_key_t key;
  names();
  flags();
  scheduling();
  processors();
  attributes();
  semaphores();
  named();
  of_c11();
  atexit(at_exit);
  pthread_key_create(&key, print_end);
  pthread_setspecific(key, "the destructor of a key");
  pthread_cleanup_push(print_end, "the outer cleanup");
  pthread_cleanup_push(print_end, "the inner cleanup");
  pthread_exit((void *)7);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return 1;
}
