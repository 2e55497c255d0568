/* Semaphores of one thread: only a signal's handler can post while the thread waits. Named ones are known within the
 * program. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "result.h"
#include "signals.h"

#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#endif

typedef struct Named {
  struct Named *next;
  sem_t semaphore;
  int references, is_linked;
  char name[];
} Named;

static Named *all;

int sem_init(sem_t *semaphore, int shared, unsigned value) {
  (void)shared;
  if (value > SEM_VALUE_MAX) return result(-EINVAL);
  memset(semaphore, 0, sizeof *semaphore);
  semaphore->__val[0] = (int)value;
  return 0;
}

int sem_destroy(sem_t *semaphore) {
  (void)semaphore;
  return 0;
}

int sem_getvalue(sem_t *restrict semaphore, int *restrict value) {
  *value = semaphore->__val[0];
  return 0;
}

int sem_post(sem_t *semaphore) {
  if (semaphore->__val[0] == SEM_VALUE_MAX) return result(-EOVERFLOW);
  semaphore->__val[0]++;
  return 0;
}

int sem_trywait(sem_t *semaphore) {
  if (semaphore->__val[0] <= 0) return result(-EAGAIN);
  semaphore->__val[0]--;
  return 0;
}

/* Milliseconds until a time of CLOCK_REALTIME, rounded up. */
static long long left_ms(const struct timespec *until) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  long long ns = (until->tv_sec - now.tv_sec) * 1000000000LL + until->tv_nsec - now.tv_nsec;
  return ns <= 0 ? 0 : (ns + 999999) / 1000000;
}

/* Waits for a handler to post. -1 with EINTR when one ran whose signal does not restart, or ETIMEDOUT. */
static int await_post(const struct timespec *until) {
  int restarts = 0;
  long long ms = until ? left_ms(until) : -1;
  if (ms == 0) return result(-ETIMEDOUT);
  if (__posix_poll(NULL, 0, ms > INT_MAX ? INT_MAX : (int)ms) == 0) return 0;
  __posix_handled(&restarts);
  return restarts ? 0 : -1;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  int before = errno;
  if (until && (until->tv_nsec < 0 || until->tv_nsec >= 1000000000)) return result(-EINVAL);
  while (semaphore->__val[0] <= 0) {
    if (!until && !__posix_may_be_signalled()) return result(-EDEADLK);
    if (await_post(until) < 0) return -1;
    errno = before;
  }
  semaphore->__val[0]--;
  return 0;
}

int sem_wait(sem_t *semaphore) { return sem_timedwait(semaphore, NULL); }

static Named *find(const char *name) {
  for (Named *each = all; each; each = each->next)
    if (each->is_linked && !strcmp(each->name, name)) return each;
  return NULL;
}

/* sem_overview(7): "/somename", and no other slash; glibc takes names without the first one too. */
static int error_of(const char *name) {
  size_t length = strlen(name += strspn(name, "/"));
  if (length == 0 || strchr(name, '/')) return EINVAL;
  return length > NAME_MAX - 4 ? ENAMETOOLONG : 0;
}

static sem_t *failed(int error) {
  errno = error;
  return SEM_FAILED;
}

static sem_t *made(const char *name, unsigned value) {
  Named *named = calloc(1, sizeof *named + strlen(name) + 1);
  if (!named) return failed(ENOMEM);
  if (sem_init(&named->semaphore, 1, value) < 0) {
    free(named);
    return SEM_FAILED;
  }
  strcpy(named->name, name);
  named->references = named->is_linked = 1;
  named->next = all;
  all = named;
  return &named->semaphore;
}

sem_t *sem_open(const char *name, int flags, ...) {
  int error = error_of(name);
  if (error) return failed(error);
  name += strspn(name, "/");
  Named *named = find(name);
  if (named && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) return failed(EEXIST);
  if (named) {
    named->references++;
    return &named->semaphore;
  }
  if (!(flags & O_CREAT)) return failed(ENOENT);
  va_list arguments;
  va_start(arguments, flags);
  (void)va_arg(arguments, unsigned); /* the mode: there is one user */
  unsigned value = va_arg(arguments, unsigned);
  va_end(arguments);
  return made(name, value);
}

static void free_unused(Named *named) {
  if (named->references > 0 || named->is_linked) return;
  for (Named **place = &all; *place; place = &(*place)->next)
    if (*place == named) {
      *place = named->next;
      free(named);
      return;
    }
}

int sem_close(sem_t *semaphore) {
  for (Named *each = all; each; each = each->next) {
    if (&each->semaphore != semaphore || each->references == 0) continue;
    each->references--;
    free_unused(each);
    return 0;
  }
  return result(-EINVAL);
}

int sem_unlink(const char *name) {
  int error = error_of(name);
  Named *named = find(name + strspn(name, "/"));
  if (error) return result(-error);
  if (!named) return result(-ENOENT);
  named->is_linked = 0;
  free_unused(named);
  return 0;
}
