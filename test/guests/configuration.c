/* sysconf, pathconf, fpathconf and confstr: what is the same on every Linux, and what only has to make sense. */
#include "say.h"

#include <limits.h>
#include <sys/sysinfo.h>

#define SYSTEM(name) system_value(#name, _SC_##name)
#define PATH(name) path_values(#name, _PC_##name)

static char place[512];
static int ends[2];

static void say_value(const char *what, long value) { printf("%s %ld %s; ", what, value, errno_name(errno)); }

static void system_value(const char *what, int name) {
  errno = 0;
  say_value(what, sysconf(name));
  puts("");
}

static void path_values(const char *what, int name) {
  long value;
  printf("%s: ", what);
  errno = 0, value = pathconf(place, name), say_value("directory", value);
  errno = 0, value = fpathconf(ends[0], name), say_value("pipe", name == _PC_FILESIZEBITS ? 0 : value);
  errno = 0, value = pathconf("/missing/at/all", name), say_value("missing", value);
  errno = 0, value = pathconf("", name), say_value("empty", value);
  errno = 0, value = fpathconf(99, name), say_value("closed", value);
  puts("");
}

static void system_values(void) {
  SYSTEM(CLK_TCK);
  SYSTEM(STREAM_MAX);
  SYSTEM(TZNAME_MAX);
  SYSTEM(JOB_CONTROL);
  SYSTEM(SAVED_IDS);
  SYSTEM(VERSION);
  SYSTEM(2_VERSION);
  SYSTEM(XOPEN_VERSION);
  SYSTEM(IOV_MAX);
  SYSTEM(UIO_MAXIOV);
  SYSTEM(LINE_MAX);
  SYSTEM(BC_BASE_MAX);
  SYSTEM(BC_DIM_MAX);
  SYSTEM(BC_SCALE_MAX);
  SYSTEM(BC_STRING_MAX);
  SYSTEM(EXPR_NEST_MAX);
  SYSTEM(MQ_PRIO_MAX);
  SYSTEM(MQ_OPEN_MAX);
  SYSTEM(RTSIG_MAX);
  SYSTEM(SEM_VALUE_MAX);
  SYSTEM(SEM_NSEMS_MAX);
  SYSTEM(DELAYTIMER_MAX);
  SYSTEM(TIMER_MAX);
  SYSTEM(AIO_PRIO_DELTA_MAX);
  SYSTEM(GETGR_R_SIZE_MAX);
  SYSTEM(GETPW_R_SIZE_MAX);
  SYSTEM(LOGIN_NAME_MAX);
  SYSTEM(TTY_NAME_MAX);
  SYSTEM(SYMLOOP_MAX);
  SYSTEM(ATEXIT_MAX);
  SYSTEM(NZERO);
  SYSTEM(THREADS);
  SYSTEM(THREAD_SAFE_FUNCTIONS);
  SYSTEM(THREAD_DESTRUCTOR_ITERATIONS);
  SYSTEM(THREAD_THREADS_MAX);
  SYSTEM(MONOTONIC_CLOCK);
  SYSTEM(CPUTIME);
  SYSTEM(CLOCK_SELECTION);
  SYSTEM(TIMERS);
  SYSTEM(FSYNC);
  SYSTEM(MAPPED_FILES);
  SYSTEM(IPV6);
  SYSTEM(SPIN_LOCKS);
  SYSTEM(BARRIERS);
  SYSTEM(READER_WRITER_LOCKS);
  SYSTEM(TRACE);
  SYSTEM(TYPED_MEMORY_OBJECTS);
  SYSTEM(XOPEN_STREAMS);
  SYSTEM(2_FORT_RUN);
  system_value("no name", 9999);
  system_value("negative", -1);
}

static void machine(void) {
  long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES), available = sysconf(_SC_AVPHYS_PAGES);
  say_whether("pages", page >= 4096 && page == sysconf(_SC_PAGE_SIZE) && page == getpagesize());
  say_whether("memory", pages > 0 && available > 0 && available <= pages);
  say_whether("as get_phys_pages", get_phys_pages() == pages && get_avphys_pages() > 0);
  say_whether("processors", sysconf(_SC_NPROCESSORS_ONLN) >= 1 &&
                                sysconf(_SC_NPROCESSORS_CONF) >= sysconf(_SC_NPROCESSORS_ONLN));
  say_whether("as get_nprocs", get_nprocs() == sysconf(_SC_NPROCESSORS_ONLN));
  say_whether("descriptors", sysconf(_SC_OPEN_MAX) == getdtablesize() && getdtablesize() > 20);
  say_whether("arguments", sysconf(_SC_ARG_MAX) >= _POSIX_ARG_MAX);
  say_whether("groups", sysconf(_SC_NGROUPS_MAX) >= 8);
  say_whether("host names", sysconf(_SC_HOST_NAME_MAX) >= HOST_NAME_MAX);
  say_whether("keys", sysconf(_SC_THREAD_KEYS_MAX) >= PTHREAD_KEYS_MAX);
  say_whether("stacks", sysconf(_SC_THREAD_STACK_MIN) >= PTHREAD_STACK_MIN);
  say_whether("stacks of signals", sysconf(_SC_SIGSTKSZ) >= sysconf(_SC_MINSIGSTKSZ) && sysconf(_SC_MINSIGSTKSZ) > 0);
  say_whether("children", sysconf(_SC_CHILD_MAX) == -1 || sysconf(_SC_CHILD_MAX) > 10);
  say_whether("queued signals", sysconf(_SC_SIGQUEUE_MAX) == -1 || sysconf(_SC_SIGQUEUE_MAX) > 10);
}

static void paths(void) {
  PATH(NAME_MAX);
  PATH(PATH_MAX);
  PATH(PIPE_BUF);
  PATH(MAX_CANON);
  PATH(MAX_INPUT);
  PATH(VDISABLE);
  PATH(NO_TRUNC);
  PATH(CHOWN_RESTRICTED);
  PATH(2_SYMLINKS);
  PATH(SOCK_MAXBUF);
  PATH(PRIO_IO);
  path_values("no name", 999);
  say_whether("links", pathconf(place, _PC_LINK_MAX) >= 8);
  say("file size bits", pathconf(place, _PC_FILESIZEBITS));
  printf("PIPE_BUF %d, LINE_MAX %d, LOGIN_NAME_MAX %d\n", PIPE_BUF, LINE_MAX, LOGIN_NAME_MAX);
}

static void texts(void) {
  char text[64] = "untouched", few[5] = "xxxx";
  say("length", (long)confstr(_CS_PATH, NULL, 0));
  say("whole", (long)confstr(_CS_PATH, text, sizeof text));
  puts(text);
  say("cut", (long)confstr(_CS_PATH, few, sizeof few));
  puts(few);
  errno = 0;
  say("no name", (long)confstr(9999, text, sizeof text));
  puts(errno_name(errno));
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  snprintf(place, sizeof place, "%s", argv[1]);
  MUST(pipe(ends));
  system_values();
  machine();
  paths();
  texts();
  return 0;
}
