/* Signals of one process that nobody else can signal: handlers, the mask, and what waits for the mask to open. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "result.h"
#include "signals.h"

static struct sigaction actions[_NSIG];
static unsigned long long blocked, pending;
static int pending_code[_NSIG];
static unsigned handled;
static int last_restarts;

void __SIG_ERR(int signal) { (void)signal; }
void __SIG_IGN(int signal) { (void)signal; }

static unsigned long long bit(int signal) { return 1ULL << (signal - 1); }

static unsigned long long bits_of(const sigset_t *set) {
  return set->__bits[0] | (unsigned long long)set->__bits[1] << 32;
}

static void set_bits(sigset_t *set, unsigned long long bits) {
  set->__bits[0] = (unsigned long)bits;
  set->__bits[1] = (unsigned long)(bits >> 32);
}

static int is_signal(int signal) { return signal > 0 && signal < _NSIG; }

/* signal(7): those whose default is to be ignored, or to stop a process, of which nobody could make it go on. */
static int does_nothing(int signal) {
  return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT || signal == SIGSTOP ||
         signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* The handler runs with its mask; SA_RESETHAND and SA_NODEFER as sigaction(2) says. */
static void run(int signal, int code) {
  struct sigaction action = actions[signal];
  unsigned long long before = blocked;
  if (action.sa_handler == SIG_IGN) return;
  if (action.sa_handler == SIG_DFL) {
    if (does_nothing(signal)) return;
    _exit(128 + signal); /* as a shell tells of it */
  }
  if (action.sa_flags & (int)SA_RESETHAND) actions[signal].sa_handler = SIG_DFL;
  blocked |= bits_of(&action.sa_mask) | (action.sa_flags & SA_NODEFER ? 0 : bit(signal));
  handled++;
  last_restarts = (action.sa_flags & SA_RESTART) != 0;
  if (action.sa_flags & SA_SIGINFO) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    info.si_code = code;
    info.si_pid = getpid();
    info.si_uid = getuid();
    action.sa_sigaction(signal, &info, NULL);
  } else {
    action.sa_handler(signal);
  }
  blocked = before;
}

static unsigned deliver_pending(void) {
  unsigned before = handled;
  for (unsigned long long ready; (ready = pending & ~blocked) != 0;) { /* a handler may raise more */
    int signal = __builtin_ctzll(ready) + 1;
    pending &= ~bit(signal);
    run(signal, pending_code[signal]);
  }
  return handled - before;
}

void __posix_signal(int signal, int code) {
  if (actions[signal].sa_handler == SIG_IGN) return;
  pending |= bit(signal);
  pending_code[signal] = code;
  deliver_pending();
}

unsigned __posix_handled(int *restarts) {
  if (restarts) *restarts = last_restarts;
  return handled;
}

int __posix_may_be_signalled(void) { return __posix_timer_is_set(); }

unsigned __posix_swap_mask(const sigset_t *mask, sigset_t *old) {
  if (old) set_bits(old, blocked);
  blocked = bits_of(mask) & ~(bit(SIGKILL) | bit(SIGSTOP));
  return deliver_pending();
}

int __posix_written(int32_t answer) {
  if (answer == -EPIPE && actions[SIGPIPE].sa_handler != SIG_DFL) __posix_signal(SIGPIPE, SI_USER);
  return result(answer);
}

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old) {
  if (!is_signal(signal)) return result(-EINVAL);
  if (action && (signal == SIGKILL || signal == SIGSTOP)) return result(-EINVAL);
  struct sigaction before = actions[signal];
  if (action) actions[signal] = *action;
  if (action && action->sa_handler == SIG_IGN) pending &= ~bit(signal);
  if (old) *old = before;
  return 0;
}

void (*signal(int number, void (*handler)(int)))(int) {
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

void (*bsd_signal(int number, void (*handler)(int)))(int) { return signal(number, handler); }

int siginterrupt(int signal, int interrupts) {
  if (!is_signal(signal)) return result(-EINVAL);
  if (interrupts)
    actions[signal].sa_flags &= ~SA_RESTART;
  else
    actions[signal].sa_flags |= SA_RESTART;
  return 0;
}

int raise(int signal) {
  if (!is_signal(signal)) return result(-EINVAL);
  __posix_signal(signal, SI_USER);
  return 0;
}

int kill(pid_t process, int signal) {
  if (signal < 0 || signal >= _NSIG) return result(-EINVAL);
  if (process != getpid() && process != 0 && process != -getpid()) return result(-ESRCH);
  return signal == 0 ? 0 : raise(signal);
}

int killpg(pid_t group, int signal) { return group < 0 ? result(-EINVAL) : kill(group == 0 ? 0 : -group, signal); }

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
  unsigned long long before = blocked;
  if (set) {
    unsigned long long bits = bits_of(set) & ~(bit(SIGKILL) | bit(SIGSTOP));
    if (how == SIG_BLOCK)
      blocked |= bits;
    else if (how == SIG_UNBLOCK)
      blocked &= ~bits;
    else if (how == SIG_SETMASK)
      blocked = bits;
    else
      return result(-EINVAL);
  }
  if (old) set_bits(old, before);
  deliver_pending();
  return 0;
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
  return sigprocmask(how, set, old) < 0 ? errno : 0;
}

int pthread_kill(pthread_t thread, int signal) {
  (void)thread;
  return signal == 0 || raise(signal) == 0 ? 0 : errno;
}

int sigpending(sigset_t *set) {
  set_bits(set, pending & blocked);
  return 0;
}

/* There is one stack, which the compiler manages. */
int sigaltstack(const stack_t *restrict stack, stack_t *restrict old) {
  if (stack && !(stack->ss_flags & SS_DISABLE)) return result(-ENOSYS);
  if (old) {
    memset(old, 0, sizeof *old);
    old->ss_flags = SS_DISABLE;
  }
  return 0;
}

/* Takes one of `wanted` off what is pending; 0 when there is none. */
static int take_pending(unsigned long long wanted, siginfo_t *info) {
  for (int signal = 1; signal < _NSIG; signal++) {
    if (!(pending & wanted & bit(signal))) continue;
    pending &= ~bit(signal);
    if (info) {
      memset(info, 0, sizeof *info);
      info->si_signo = signal;
      info->si_code = pending_code[signal];
      info->si_pid = getpid();
      info->si_uid = getuid();
    }
    return signal;
  }
  return 0;
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout) {
  struct timespec step = {0, 0};
  long long left_ms = timeout ? timeout->tv_sec * 1000LL + (timeout->tv_nsec + 999999) / 1000000 : -1;
  for (;;) {
    unsigned before = handled;
    int signal = take_pending(bits_of(set), info);
    if (signal) return signal;
    if (left_ms == 0) return result(-EAGAIN);
    int timer_ms = __posix_timer_left_ms();
    if (timer_ms < 0 && left_ms < 0) return result(-EDEADLK); /* nothing will ever come: better an error than no end */
    long long wait_ms = timer_ms < 0 || (left_ms >= 0 && left_ms < timer_ms) ? left_ms : timer_ms;
    step.tv_sec = wait_ms / 1000;
    step.tv_nsec = (long)(wait_ms % 1000) * 1000000;
    clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
    if (left_ms > 0) left_ms -= wait_ms;
    __posix_timer_deliver();
    if (handled != before) return result(-EINTR);
  }
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info) { return sigtimedwait(set, info, NULL); }

int sigwait(const sigset_t *restrict set, int *restrict signal) {
  int found;
  do found = sigtimedwait(set, NULL, NULL);
  while (found < 0 && errno == EINTR);
  if (found < 0) return errno;
  *signal = found;
  return 0;
}
