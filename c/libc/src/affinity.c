/* Sets of processors, of which there is one: number 0. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "result.h"

#define BITS (8 * sizeof(unsigned long))

void __cpu_zero(size_t size, cpu_set_t *set) { memset(set, 0, size); }

void __cpu_put(size_t cpu, size_t size, cpu_set_t *set, int is_in) {
  if (cpu / 8 >= size) return;
  unsigned long bit = 1UL << cpu % BITS, *word = &((unsigned long *)set)[cpu / BITS];
  *word = is_in ? *word | bit : *word & ~bit;
}

int __cpu_has(size_t cpu, size_t size, const cpu_set_t *set) {
  return cpu / 8 < size && (((const unsigned long *)set)[cpu / BITS] >> cpu % BITS & 1) != 0;
}

int __cpu_count(size_t size, const cpu_set_t *set) {
  int count = 0;
  for (size_t i = 0; i < size; i++) count += __builtin_popcount(((const unsigned char *)set)[i]);
  return count;
}

int __cpu_equal(size_t size, const cpu_set_t *one, const cpu_set_t *other) { return memcmp(one, other, size) == 0; }

void __cpu_combine(size_t size, cpu_set_t *to, const cpu_set_t *one, const cpu_set_t *other, char how) {
  for (size_t i = 0; i < size; i++) {
    unsigned char a = ((const unsigned char *)one)[i], b = ((const unsigned char *)other)[i];
    ((unsigned char *)to)[i] = how == '&' ? a & b : how == '|' ? a | b : a ^ b;
  }
}

cpu_set_t *__cpu_alloc(size_t size) { return calloc(1, size); }
void __cpu_free(cpu_set_t *set) { free(set); }

int sched_getcpu(void) { return 0; }

static int get(size_t size, cpu_set_t *set) {
  if (size < sizeof(unsigned long) || size % sizeof(unsigned long) != 0) return EINVAL;
  __cpu_zero(size, set);
  __cpu_put(0, size, set, 1);
  return 0;
}

/* sched_setaffinity(2): "EINVAL: there are no processors in mask that are currently on the system". */
static int put(size_t size, const cpu_set_t *set) { return __cpu_has(0, size, set) ? 0 : EINVAL; }

static int is_here(pid_t process) { return process == 0 || process == getpid(); }

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
  return result(-(is_here(process) ? get(size, set) : ESRCH));
}

int sched_setaffinity(pid_t process, size_t size, const cpu_set_t *set) {
  return result(-(is_here(process) ? put(size, set) : ESRCH));
}

int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set) {
  (void)thread;
  return get(size, set);
}

int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set) {
  (void)thread;
  return put(size, set);
}
