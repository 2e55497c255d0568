/* wasi-libc's <sched.h>, and the scheduling that it leaves out: one thread on one processor, SCHED_OTHER. */
#include_next <sched.h>

#ifndef _POSIX_WASM_SCHED_H
#define _POSIX_WASM_SCHED_H

#ifdef __cplusplus
extern "C" {
#endif

#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6
#define SCHED_RESET_ON_FORK 0x40000000

int sched_get_priority_max(int);
int sched_get_priority_min(int);
int sched_getparam(pid_t, struct sched_param *);
int sched_getscheduler(pid_t);
int sched_rr_get_interval(pid_t, struct timespec *);
int sched_setparam(pid_t, const struct sched_param *);
int sched_setscheduler(pid_t, int, const struct sched_param *);

#ifdef _GNU_SOURCE
#define CPU_SETSIZE 1024
#define __CPU_BITS (8 * sizeof(unsigned long))

/* A set of processors. */
typedef struct cpu_set_t {
  unsigned long __bits[CPU_SETSIZE / (8 * sizeof(unsigned long))];
} cpu_set_t;

int sched_getcpu(void);
int sched_getaffinity(pid_t, size_t, cpu_set_t *);
int sched_setaffinity(pid_t, size_t, const cpu_set_t *);

void __cpu_zero(size_t, cpu_set_t *);
void __cpu_put(size_t, size_t, cpu_set_t *, int);
int __cpu_has(size_t, size_t, const cpu_set_t *);
int __cpu_count(size_t, const cpu_set_t *);
int __cpu_equal(size_t, const cpu_set_t *, const cpu_set_t *);
void __cpu_combine(size_t, cpu_set_t *, const cpu_set_t *, const cpu_set_t *, char);
cpu_set_t *__cpu_alloc(size_t);
void __cpu_free(cpu_set_t *);

#define CPU_ALLOC_SIZE(count) ((((size_t)(count) + __CPU_BITS - 1) / __CPU_BITS) * sizeof(unsigned long))
#define CPU_ALLOC(count) __cpu_alloc(CPU_ALLOC_SIZE(count))
#define CPU_FREE(set) __cpu_free(set)
#define CPU_ZERO_S(size, set) __cpu_zero(size, set)
#define CPU_SET_S(cpu, size, set) __cpu_put((size_t)(cpu), size, set, 1)
#define CPU_CLR_S(cpu, size, set) __cpu_put((size_t)(cpu), size, set, 0)
#define CPU_ISSET_S(cpu, size, set) __cpu_has((size_t)(cpu), size, set)
#define CPU_COUNT_S(size, set) __cpu_count(size, set)
#define CPU_EQUAL_S(size, one, other) __cpu_equal(size, one, other)
#define CPU_AND_S(size, to, one, other) __cpu_combine(size, to, one, other, '&')
#define CPU_OR_S(size, to, one, other) __cpu_combine(size, to, one, other, '|')
#define CPU_XOR_S(size, to, one, other) __cpu_combine(size, to, one, other, '^')

#define CPU_ZERO(set) CPU_ZERO_S(sizeof(cpu_set_t), set)
#define CPU_SET(cpu, set) CPU_SET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_CLR(cpu, set) CPU_CLR_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ISSET(cpu, set) CPU_ISSET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_COUNT(set) CPU_COUNT_S(sizeof(cpu_set_t), set)
#define CPU_EQUAL(one, other) CPU_EQUAL_S(sizeof(cpu_set_t), one, other)
#define CPU_AND(to, one, other) CPU_AND_S(sizeof(cpu_set_t), to, one, other)
#define CPU_OR(to, one, other) CPU_OR_S(sizeof(cpu_set_t), to, one, other)
#define CPU_XOR(to, one, other) CPU_XOR_S(sizeof(cpu_set_t), to, one, other)
#endif

#ifdef __cplusplus
}
#endif

#endif
