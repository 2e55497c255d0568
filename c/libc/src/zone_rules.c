/* POSIX's form of TZ, such as CET-1CEST,M3.5.0,M10.5.0/3, as glibc takes it. */
#include <ctype.h>
#include <string.h>

#include "zone.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* Letters, or anything of letters, digits, + and - between < and >; three at least. */
static int read_name(const char **text, const char **name) {
  const char *start = *text + (**text == '<'), *end = start;
  int is_quoted = **text == '<';
  while (isalpha((unsigned char)*end) || (is_quoted && *end && strchr("0123456789+-", *end))) end++;
  if (end - start < 3 || (is_quoted && *end != '>')) return 0;
  *name = __posix_zone_name(start, (size_t)(end - start));
  *text = end + is_quoted;
  return 1;
}

static int read_number(const char **text, int *number) {
  const char *start = *text;
  for (*number = 0; isdigit((unsigned char)**text) && *text - start < 6; ++*text) *number = *number * 10 + **text - '0';
  return *text > start;
}

static int at_most(int number, int most) { return number < most ? number : most; }

/* hh[:mm[:ss]] with a sign. */
static int read_time(const char **text, int most_hours, int *seconds) {
  int sign = **text == '-' ? -1 : 1, hours, minutes = 0, rest = 0;
  if (**text == '-' || **text == '+') ++*text;
  if (!read_number(text, &hours)) return 0;
  if (**text == ':' && ++*text && read_number(text, &minutes) && **text == ':' && ++*text) read_number(text, &rest);
  *seconds = sign * (at_most(hours, most_hours) * HOUR + at_most(minutes, 59) * MINUTE + at_most(rest, 59));
  return 1;
}

static int read_month_day(const char **text, struct zone_change *change) {
  ++*text;
  if (!read_number(text, &change->month) || **text != '.' || !++*text) return 0;
  if (!read_number(text, &change->week) || **text != '.' || !++*text) return 0;
  return read_number(text, &change->day) && change->month >= 1 && change->month <= 12 && change->week >= 1 &&
         change->week <= 5 && change->day <= 6;
}

static int read_day(const char **text, struct zone_change *change) {
  change->kind = isdigit((unsigned char)**text) ? '0' : **text;
  if (change->kind == 'M') return read_month_day(text, change);
  if (change->kind == 'J') ++*text;
  return (change->kind == 'J' || change->kind == '0') && read_number(text, &change->day) && change->day <= 365 &&
         (change->day > 0 || change->kind == '0');
}

/* A rule that is missing is that of the United States, given beforehand. */
static int read_change(const char **text, struct zone_change *change) {
  if (**text == ',') ++*text;
  if (!**text) return 1;
  struct zone_change read = {.seconds = 2 * HOUR};
  if (!read_day(text, &read) || (**text && !strchr("/,", **text))) return 0;
  if (**text == '/' && (++*text, !read_time(text, 167, &read.seconds))) return 0;
  *change = read;
  return 1;
}

void __posix_read_rules(const char *text, struct zone_rules *rules) {
  static const struct zone_change american[2] = {{'M', 3, 2, 0, 2 * HOUR}, {'M', 11, 1, 0, 2 * HOUR}};
  struct zone_period *standard = &rules->periods[0], *summer = &rules->periods[1];
  int west;
  *standard = *summer = (struct zone_period){.name = ""};
  memcpy(rules->changes, american, sizeof american);
  if (!read_name(&text, &standard->name) || !read_time(&text, 24, &west)) return;
  standard->offset = -west;
  *summer = *standard;
  if (!read_name(&text, &summer->name)) return;
  summer->offset = standard->offset + HOUR;
  summer->is_dst = 1;
  if (*text && *text != ',' && read_time(&text, 24, &west)) summer->offset = -west;
  if (read_change(&text, &rules->changes[0])) read_change(&text, &rules->changes[1]);
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* The first second of a month; 1 is January. */
static long long month_start(int year, int month) {
  struct tm day = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1};
  return __tm_to_secs(&day);
}

/* Seconds since 1970 by the clock on the wall. */
static long long wall_time(const struct zone_change *change, int year) {
  if (change->kind == 'J')
    return month_start(year, 1) + (change->day - 1 + (change->day >= 60 && is_leap(year))) * (long long)DAY +
           change->seconds;
  if (change->kind == '0') return month_start(year, 1) + change->day * (long long)DAY + change->seconds;
  long long first = month_start(year, change->month);
  long long next = change->month == 12 ? month_start(year + 1, 1) : month_start(year, change->month + 1);
  int weekday = (int)(((first / DAY + 4) % 7 + 7) % 7); /* January 1 1970 was a Thursday */
  long long day = first + ((change->day - weekday + 7) % 7 + (change->week - 1) * 7) * (long long)DAY;
  return (day >= next ? day - 7 * DAY : day) + change->seconds;
}

struct zone_period __posix_rules_at(const struct zone_rules *rules, long long time) {
  const struct zone_period *standard = &rules->periods[0], *summer = &rules->periods[1];
  struct tm broken;
  if (!summer->is_dst) return *standard;
  if (__secs_to_tm(time, &broken) < 0) return *standard;
  long long begin = wall_time(&rules->changes[0], broken.tm_year + 1900) - standard->offset;
  long long end = wall_time(&rules->changes[1], broken.tm_year + 1900) - summer->offset;
  int is_between = begin < end ? time >= begin && time < end : time >= begin || time < end;
  return is_between ? *summer : *standard;
}
