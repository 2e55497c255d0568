/* Signals that a process sends to itself: handlers, masks, jumps out of handlers, timers, and SIGPIPE. */
#include "say.h"

#include <setjmp.h>
#include <sys/select.h>
#include <sys/time.h>

static volatile sig_atomic_t last, count, nested;
static sigjmp_buf jump;
static jmp_buf plain;

static void note(int signal) {
  last = signal;
  count++;
}

static void note_info(int signal, siginfo_t *info, void *context) {
  (void)context;
  last = info->si_signo == signal ? signal : -1;
  count++;
}

static void leave(int signal) { siglongjmp(jump, signal); }

static void nest(int signal) {
  sigset_t mask, waiting;
  nested++;
  if (nested == 1) raise(signal);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  sigpending(&waiting);
  last = sigismember(&mask, signal) * 2 + sigismember(&waiting, signal);
}

static int handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, NULL);
}

static void say_last(const char *what) {
  printf("%s: last %d, count %d\n", what, (int)last, (int)count);
  last = count = 0;
}

static void handlers(void) {
  struct sigaction action, old;
  puts("-- handlers");
  say("sigaction", handle(SIGUSR1, note, 0));
  say("raise", raise(SIGUSR1));
  say_last("raised");
  say("kill of oneself", kill(getpid(), SIGUSR1));
  say_last("killed");
  say("kill with 0", kill(getpid(), 0));
  memset(&action, 0, sizeof action);
  action.sa_sigaction = note_info;
  action.sa_flags = SA_SIGINFO;
  say("SA_SIGINFO", sigaction(SIGUSR1, &action, &old));
  say_whether("the old handler is told", old.sa_handler == note);
  raise(SIGUSR1);
  say_last("raised");
  say("SA_RESETHAND", handle(SIGUSR2, note, (int)SA_RESETHAND));
  raise(SIGUSR2);
  say_last("raised");
  sigaction(SIGUSR2, NULL, &old);
  say_whether("the default is back", old.sa_handler == SIG_DFL);
  say_whether("signal answers the default", signal(SIGUSR2, SIG_IGN) == SIG_DFL);
  raise(SIGUSR2);
  say_whether("then SIG_IGN", signal(SIGUSR2, note) == SIG_IGN);
  raise(SIGUSR2);
  raise(SIGUSR2);
  say_last("raised twice");
  signal(SIGCHLD, SIG_DFL);
  say("SIGCHLD is ignored by default", raise(SIGCHLD));
  say("sigaction of 0", handle(0, note, 0));
  say("sigaction of 65", handle(65, note, 0));
  say("sigaction of SIGKILL", handle(SIGKILL, note, 0));
  say("raise of 65", raise(65));
  say("kill of a process that is not", kill(0x3fffffff, SIGTERM));
}

static void masks(void) {
  sigset_t set, old;
  puts("-- masks");
  sigemptyset(&set);
  say("sigaddset", sigaddset(&set, SIGUSR1));
  say("sigaddset of 0", sigaddset(&set, 0));
  say("sigismember", sigismember(&set, SIGUSR1));
  say("of another", sigismember(&set, SIGUSR2));
  signal(SIGUSR1, note);
  say("block", sigprocmask(SIG_BLOCK, &set, &old));
  say_whether("it was not before", !sigismember(&old, SIGUSR1));
  raise(SIGUSR1);
  raise(SIGUSR1);
  say_last("raised twice while blocked");
  sigpending(&old);
  say_whether("it is pending", sigismember(&old, SIGUSR1));
  say("unblock", sigprocmask(SIG_UNBLOCK, &set, NULL));
  say_last("delivered once");
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  int number = 0;
  say("sigwait", sigwait(&set, &number));
  printf("it was %d\n", number);
  say_last("which runs no handler");
  raise(SIGUSR1);
  sigemptyset(&old);
  say("sigsuspend", sigsuspend(&old));
  say_last("delivered there");
  raise(SIGUSR1);
  say("pselect", pselect(0, NULL, NULL, NULL, NULL, &old));
  say_last("delivered there");
  raise(SIGUSR1);
  say("ppoll", ppoll(NULL, 0, NULL, &old));
  say_last("delivered there");
  sigprocmask(SIG_SETMASK, &old, NULL);
  say("an unknown way", sigprocmask(9, &set, NULL));
  sigfillset(&set);
  say_whether("full", sigismember(&set, SIGHUP) && sigismember(&set, 64));
  handle(SIGUSR1, nest, 0);
  raise(SIGUSR1);
  printf("a handler runs with its signal blocked: nested %d, mask and pending %d\n", (int)nested, (int)last);
}

static void jumps(void) {
  sigset_t mask;
  volatile int rounds = 0;
  puts("-- jumps");
  int value = setjmp(plain);
  printf("setjmp: %d\n", value);
  if (value < 3) longjmp(plain, value + 1);
  value = setjmp(plain);
  if (value == 0) longjmp(plain, 0);
  printf("longjmp with 0: %d\n", value);
  handle(SIGUSR2, leave, 0);
  value = sigsetjmp(jump, 1);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  printf("sigsetjmp: %d, blocked: %d\n", value, sigismember(&mask, SIGUSR2));
  if (rounds++ < 2) raise(SIGUSR2);
  rounds = 0;
  value = sigsetjmp(jump, 0);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  printf("sigsetjmp without the mask: %d, blocked: %d\n", value, sigismember(&mask, SIGUSR2));
  if (rounds++ < 1) raise(SIGUSR2);
  sigemptyset(&mask);
  sigprocmask(SIG_SETMASK, &mask, NULL);
}

static void timers(void) {
  struct itimerval value = {{0, 0}, {0, 30000}}, old;
  struct pollfd none = {.fd = -1};
  char text[4];
  int ends[2];
  puts("-- timers");
  handle(SIGALRM, note, 0);
  say("setitimer", setitimer(ITIMER_REAL, &value, NULL));
  say("poll", poll(&none, 1, 10000));
  say_last("it went off");
  setitimer(ITIMER_REAL, &value, NULL);
  say("select", select(0, NULL, NULL, NULL, NULL));
  setitimer(ITIMER_REAL, &value, NULL);
  say("pause", pause());
  MUST(pipe(ends));
  setitimer(ITIMER_REAL, &value, NULL);
  say("read", read(ends[0], text, 1));
  say_last("three more");
  alarm(100);
  say("alarm", alarm(0) > 98);
  say("no alarm", alarm(0));
  ualarm(900000, 0);
  say("ualarm", ualarm(0, 0) > 100000);
  say("no ualarm", ualarm(0, 0));
  struct pollfd filled = {.fd = ends[0], .events = POLLIN};
  MUST(write(ends[1], "x", 1));
  setitimer(ITIMER_REAL, &value, NULL);
  while (!last) poll(&filled, 1, -1);
  say_last("a loop of polls that never wait");
  MUST(read(ends[0], text, 1));
  say("getitimer", getitimer(ITIMER_REAL, &old));
  say_whether("nothing is set", old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0);
  value.it_value.tv_usec = 1000000;
  say("a million microseconds", setitimer(ITIMER_REAL, &value, NULL));
  value.it_value.tv_usec = 30000;
  handle(SIGALRM, leave, 0);
  if (sigsetjmp(jump, 1) == 0) {
    setitimer(ITIMER_REAL, &value, NULL);
    read(ends[0], text, 1);
    puts("not reached");
  } else {
    puts("left a read by a jump");
  }
  close(ends[0]);
  close(ends[1]);
}

static void broken_pipe(void) {
  int pair[2];
  puts("-- SIGPIPE");
  signal(SIGPIPE, note);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  close(pair[1]);
  say("send", send(pair[0], "x", 1, 0));
  say_last("delivered");
  say("send, MSG_NOSIGNAL", send(pair[0], "x", 1, MSG_NOSIGNAL));
  say_last("not delivered");
  say("write", write(pair[0], "x", 1));
  say_last("delivered");
  struct iovec part = {"x", 1};
  say("sendmsg", sendmsg(pair[0], &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0));
  say_last("delivered");
  signal(SIGPIPE, SIG_IGN);
  say("ignored: send", send(pair[0], "x", 1, 0));
  say_last("not delivered");
  close(pair[0]);
}

int main(void) {
  begin();
  handlers();
  masks();
  jumps();
  timers();
  broken_pipe();
  return 0;
}
