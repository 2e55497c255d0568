/* Sets of signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>

#include "result.h"

static int in_range(int signal) { return signal > 0 && signal < _NSIG; }

int sigemptyset(sigset_t *set) {
  set->__bits[0] = set->__bits[1] = 0;
  return 0;
}

int sigfillset(sigset_t *set) {
  set->__bits[0] = set->__bits[1] = ~0UL;
  return 0;
}

int sigaddset(sigset_t *set, int signal) {
  if (!in_range(signal)) return result(-EINVAL);
  set->__bits[(signal - 1) / 32] |= 1UL << ((signal - 1) % 32);
  return 0;
}

int sigdelset(sigset_t *set, int signal) {
  if (!in_range(signal)) return result(-EINVAL);
  set->__bits[(signal - 1) / 32] &= ~(1UL << ((signal - 1) % 32));
  return 0;
}

int sigismember(const sigset_t *set, int signal) {
  if (!in_range(signal)) return result(-EINVAL);
  return (set->__bits[(signal - 1) / 32] >> ((signal - 1) % 32)) & 1;
}

int sigisemptyset(const sigset_t *set) { return !set->__bits[0] && !set->__bits[1]; }
