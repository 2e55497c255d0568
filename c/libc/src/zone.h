/* Time zones: what TZ says, as rules or as a file of transitions, and the local time of a moment. */
#ifndef POSIX_WASM_ZONE_H
#define POSIX_WASM_ZONE_H

#include <stddef.h>
#include <time.h>

/* wasi-libc's: seconds since 1970 to a date, without a zone, and back. Not 0 for a year that is beyond. */
int __secs_to_tm(long long seconds, struct tm *broken);
long long __tm_to_secs(const struct tm *broken);

/* What holds at one time: seconds east of UTC, whether it is summer time, and the name. */
struct zone_period {
  int offset;
  int is_dst;
  const char *name;
};

/* A day of the year and a time of that day, in seconds, at which summer time begins or ends. */
struct zone_change {
  char kind; /* 'M' month, week and weekday; 'J' day 1 to 365 without February 29; '0' day 0 to 365 */
  int month, week, day;
  int seconds;
};

/* POSIX's form of TZ: standard time, summer time, and when each begins: the second is that of summer time's end. */
struct zone_rules {
  struct zone_period periods[2];
  struct zone_change changes[2];
};

/* Reads POSIX's form as far as it is right; names that are missing are "". */
void __posix_read_rules(const char *text, struct zone_rules *rules);

struct zone_period __posix_rules_at(const struct zone_rules *rules, long long time);

/* Reads a TZif file (RFC 8536). Returns 0 if it is none; what was read before is freed. */
int __posix_read_zone_file(const unsigned char *bytes, size_t size);

/* Frees what was read. */
void __posix_forget_zone_file(void);

struct zone_period __posix_zone_file_at(long long time);

/* The standard time and the summer time that a file has last; the second is the first if it has no summer time. */
void __posix_zone_file_names(struct zone_period periods[2]);

/* A copy of a name that is never freed, since tm_zone points to it; the same for equal names. */
const char *__posix_zone_name(const char *name, size_t length);

/* What holds at a time in the zone that TZ says; sets tzname. `looks` again at TZ, or only the first time. */
struct zone_period __posix_zone_at(long long time, int looks);

#endif
