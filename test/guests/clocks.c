/* Clocks by their numbers: which there are, that they run and agree, how one sleeps by them, and clock() in its unit. */
#include "say.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static const struct {
  const char *name;
  clockid_t clock;
} clocks[] = {{"REALTIME", CLOCK_REALTIME},
              {"MONOTONIC", CLOCK_MONOTONIC},
              {"PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
              {"THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
              {"MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
              {"REALTIME_COARSE", CLOCK_REALTIME_COARSE},
              {"MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE},
              {"BOOTTIME", CLOCK_BOOTTIME},
              {"TAI", CLOCK_TAI},
              {"10", 10},
              {"99", 99}};

static long long in_us(clockid_t clock) {
  struct timespec time = {0, 0};
  if (clock_gettime(clock, &time) < 0) return -1;
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void each_clock(void) {
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
    clockid_t clock = clocks[i].clock;
    struct timespec time = {-1, -1}, resolution = {-1, -1};
    printf("-- %s is %d\n", clocks[i].name, (int)clock);
    say("clock_gettime", clock_gettime(clock, &time));
    say_whether("nanoseconds in range", time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
    say("clock_getres", clock_getres(clock, &resolution));
    say_whether("a resolution of 1 ns to 10 ms",
                resolution.tv_sec == 0 && resolution.tv_nsec >= 1 && resolution.tv_nsec <= 10000000);
    say("clock_getres without a place", clock_getres(clock, NULL));
    long long before = in_us(clock);
    say_whether("does not run backwards", in_us(clock) >= before);
  }
  switch (clocks[1].clock) { /* they are constants */
    case CLOCK_REALTIME: puts("realtime"); break;
    case CLOCK_MONOTONIC: puts("monotonic"); break;
  }
}

static int are_near(long long one, long long other) { return llabs(one - other) < 5000000; }

static void agreement(void) {
  struct timeval day;
  struct timezone zone = {1, 1};
  long long now = in_us(CLOCK_REALTIME);
  say("gettimeofday", gettimeofday(&day, &zone));
  printf("zone %d %d\n", zone.tz_minuteswest, zone.tz_dsttime);
  say_whether("gettimeofday is near", are_near(day.tv_sec * 1000000LL + day.tv_usec, now));
  say_whether("time is near", are_near(time(NULL) * 1000000LL, now));
  say("gettimeofday without a place", gettimeofday(NULL, &zone));
  say_whether("REALTIME_COARSE is near", are_near(in_us(CLOCK_REALTIME_COARSE), now));
  say_whether("MONOTONIC_COARSE is near", are_near(in_us(CLOCK_MONOTONIC_COARSE), in_us(CLOCK_MONOTONIC)));
  struct timespec utc;
  say("timespec_get", timespec_get(&utc, TIME_UTC));
  say_whether("timespec_get is near", are_near(utc.tv_sec * 1000000LL, now));
}

static void processor(void) {
  struct rusage usage;
  struct tms spent;
  printf("CLOCKS_PER_SEC %ld, ticks %ld\n", (long)CLOCKS_PER_SEC, sysconf(_SC_CLK_TCK));
  clock_t first = clock();
  say_whether("little is used at first", first >= 0 && first < 5 * CLOCKS_PER_SEC);
  volatile double sum = 0;
  long long from = in_us(CLOCK_PROCESS_CPUTIME_ID);
  long rounds = 0;
  while (in_us(CLOCK_PROCESS_CPUTIME_ID) - from < 200000)
    for (int i = 0; i < 1000; i++, rounds++) sum += i;
  say_whether("something was done", rounds > 0);
  double by_clock = (double)(clock() - first) / CLOCKS_PER_SEC;
  say_whether("clock counts the same", by_clock > 0.15 && by_clock < 5);
  say("getrusage", getrusage(RUSAGE_SELF, &usage));
  say_whether("so does getrusage", usage.ru_utime.tv_sec * 1000000LL + usage.ru_utime.tv_usec +
                                           usage.ru_stime.tv_sec * 1000000LL + usage.ru_stime.tv_usec >= 150000);
  say_whether("times answers", times(&spent) != (clock_t)-1);
  say_whether("times counts ticks", spent.tms_utime + spent.tms_stime >= 15 && spent.tms_utime + spent.tms_stime < 500);
  clockid_t own;
  printf("clock_getcpuclockid %d %d\n", clock_getcpuclockid(0, &own), in_us(own) >= from);
  printf("clock_getcpuclockid of nobody %s\n", errno_name(clock_getcpuclockid(0x7ffffff0, &own)));
}

static void sleeping(void) {
  static const clockid_t by[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
  struct timespec short_time = {0, 20000000}, wrong = {0, 1000000000}, past = {1, 0}, left = {7, 7};
  for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
    long long from = in_us(by[i]);
    printf("sleep by %d: %d", (int)by[i], clock_nanosleep(by[i], 0, &short_time, &left));
    printf(" %d", in_us(by[i]) - from >= 20000);
    struct timespec end;
    clock_gettime(by[i], &end);
    end.tv_nsec += 20000000;
    if (end.tv_nsec >= 1000000000) end.tv_nsec -= 1000000000, end.tv_sec++;
    printf(", until: %d", clock_nanosleep(by[i], TIMER_ABSTIME, &end, NULL));
    struct timespec now;
    clock_gettime(by[i], &now);
    printf(" %d, past: %d\n", now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec),
           clock_nanosleep(by[i], TIMER_ABSTIME, &past, NULL));
  }
  printf("left %ld %ld\n", (long)left.tv_sec, left.tv_nsec);
  printf("wrong time %s\n", errno_name(clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, NULL)));
  printf("wrong clock %s\n", errno_name(clock_nanosleep(99, 0, &short_time, NULL)));
  printf("thread clock %s\n", errno_name(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &short_time, NULL)));
  printf("raw %s\n", errno_name(clock_nanosleep(CLOCK_MONOTONIC_RAW, 0, &short_time, NULL)));
  printf("coarse %s\n", errno_name(clock_nanosleep(CLOCK_REALTIME_COARSE, 0, &short_time, NULL)));
  say("nanosleep wrong", nanosleep(&wrong, NULL));
  wrong.tv_sec = -1;
  wrong.tv_nsec = 0;
  say("nanosleep negative", nanosleep(&wrong, NULL));
}

static void sleep_is_free(void) {
  clock_t before = clock();
  usleep(400000);
  sleep(1);
  say_whether("sleep uses no processor", clock() - before < CLOCKS_PER_SEC);
}

static volatile int rings;
static void on_alarm(int signal) {
  (void)signal;
  rings++;
}

static void interrupted(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  struct itimerval soon = {{0, 0}, {0, 30000}};
  struct timespec long_time = {20, 0}, left = {0, 0};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &soon, NULL);
  int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &left);
  printf("interrupted %s, rings %d, left %d\n", errno_name(error), rings, left.tv_sec >= 10 && left.tv_sec < 20);
  setitimer(ITIMER_REAL, &soon, NULL);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 20;
  error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
  printf("until, interrupted %s, rings %d\n", errno_name(error), rings);
}

static void setting(void) {
  struct timespec time = {1000000000, 0}, wrong = {1, -1};
  say("set MONOTONIC", clock_settime(CLOCK_MONOTONIC, &time));
  say("set 99", clock_settime(99, &time));
  say("set REALTIME wrongly", clock_settime(CLOCK_REALTIME, &wrong));
}

int main(void) {
  each_clock();
  agreement();
  processor();
  sleeping();
  sleep_is_free();
  interrupted();
  setting();
  return 0;
}
