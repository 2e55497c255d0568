/* Local time: seconds to the clock on the wall, and back as glibc's mktime does. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <time.h>

#include "zone.h"

static int break_down(long long time, struct zone_period period, struct tm *broken) {
  if (time > LLONG_MAX / 2 || time < LLONG_MIN / 2 || __secs_to_tm(time + period.offset, broken) < 0) {
    errno = EOVERFLOW;
    return -1;
  }
  broken->tm_isdst = period.is_dst;
  broken->tm_gmtoff = period.offset;
  broken->tm_zone = period.name;
  return 0;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict broken) {
  return break_down(*time, __posix_zone_at(*time, 0), broken) < 0 ? NULL : broken;
}

struct tm *localtime(const time_t *time) {
  static struct tm own;
  return break_down(*time, __posix_zone_at(*time, 1), &own) < 0 ? NULL : &own;
}

/* What wasi-libc's strftime writes for %Z. */
const char *__tm_to_tzname(const struct tm *broken) { return broken->tm_zone ? broken->tm_zone : ""; }

static int differs(int wanted, int is_dst) { return wanted >= 0 && (wanted != 0) != is_dst; }

/* How far glibc looks for a time when the wanted kind held, and in which steps. */
enum { STEP = 601200, FARTHEST = 536454000 / 2 + STEP };

/* The moment if the kind of time is the wanted one, by its offset somewhere near; else by an hour of summer time. */
static long long by_other_kind(long long wall, long long time, int wanted) {
  for (long long by = STEP; by < FARTHEST; by += STEP)
    for (int sign = -1; sign <= 1; sign += 2) {
      struct zone_period near = __posix_zone_at(time + sign * by, 0);
      if (!differs(wanted, near.is_dst)) return wall - near.offset;
    }
  return time + (wanted ? -3600 : 3600);
}

/* Whether to stop at a guess that comes back: the clock never showed the time, as it was set forward over it. */
static int is_gap(int wanted, int is_dst, int last_is_dst) {
  return wanted < 0 ? last_is_dst <= is_dst : (wanted != 0) != is_dst;
}

/* Guesses with the offset that was right the last time; so do twice the same times of autumn get that one's. */
static long long find_moment(long long wall, int wanted) {
  static long long guess;
  long long time = wall - guess, last = time, before = time;
  int last_is_dst = 0;
  for (int probes = 6; probes > 0; probes--) {
    struct zone_period period = __posix_zone_at(time, 0);
    if (wall - period.offset == time) {
      if (differs(wanted, period.is_dst)) time = by_other_kind(wall, time, wanted);
      break;
    }
    if (time == before && time != last && is_gap(wanted, period.is_dst, last_is_dst)) break;
    before = last;
    last = time;
    time = wall - period.offset;
    last_is_dst = period.is_dst;
  }
  guess = wall - time;
  return time;
}

time_t mktime(struct tm *broken) {
  struct tm found;
  tzset();
  long long time = find_moment(__tm_to_secs(broken), broken->tm_isdst);
  if (break_down(time, __posix_zone_at(time, 0), &found) < 0) return -1;
  *broken = found;
  return time;
}
