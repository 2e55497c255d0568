/* Time zones as TZ states them in POSIX's form: names, offsets and rules; wall-clock times to seconds and back. */
#include "say.h"

static const char *const zones[] = {
    "UTC0",
    "GMT0BST,M3.5.0/1,M10.5.0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "PST8PDT7:00:00,M3.2.0/2:00:00,M11.1.0/02",
    "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "<+0330>-3:30",
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "IST-1GMT0,M10.5.0,M3.5.0/1",
    "XXX-24",
    "YYY+24:59:59",
    "AAA3BBB,J60,J300",
    "AAA3BBB,59/3:30,299/0:00:01",
    "AAA3BBB,0/0,J365/20",
    "EET-2EEST,M3.4.4/50,M10.4.4/50",
    "LONGERNAME-2:15:30",
};

/* Neither in the right form nor the name of a file. Of FOO5BAR the rules are those of the United States. */
static const char *const odd[] = {"",      ":",    "nonsense", "Not/AZone", "A5",           "AB5",
                                  "+5",    "<AB>5", "<ABCD5",  "FOO5BAR",   "FOO5BAR,M3.2", "FOO5BAR4,M3.2.0,M11.1.0 ",
                                  ":FOO5", "FOO5"};

static const long long times[] = {0,          -1,         951782400,  951868799,  1079827199, 1079827200, 1111885199,
                                  1111885200, 1130633999, 1130634000, 1130637600, 1136073600, 1711846799, 1711846800,
                                  1719792000, 1729990799, 1729990800, 1730613599, 1730613600, 2147483647, 2147483648,
                                  4102444800, -2208988800, 32503680000};

static void show(const char *what, const struct tm *at) {
  char text[96];
  strftime(text, sizeof text, "%a %Y-%m-%d %H:%M:%S %z %Z day %j", at);
  printf("%s: %s dst %d offset %ld\n", what, text, at->tm_isdst, (long)at->tm_gmtoff);
}

static void select_zone(const char *zone) {
  setenv("TZ", zone, 1);
  tzset();
  printf("== %s: %s %s %ld %d\n", zone, tzname[0], tzname[1], timezone, daylight);
}

static void at_times(void) {
  char what[32];
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    time_t at = times[i];
    struct tm broken = *localtime(&at);
    snprintf(what, sizeof what, "%lld", times[i]);
    show(what, &broken);
    struct tm again = broken;
    time_t back = mktime(&again);
    if (back != at) printf("  back: %lld\n", (long long)back);
    struct tm other;
    if (localtime_r(&at, &other) != &other || other.tm_hour != broken.tm_hour) puts("  localtime_r differs");
  }
}

static void from_wall_clock(void) {
  static const struct {
    int year, month, day, hour, minute;
  } walls[] = {
      {2024, 3, 31, 1, 59},  {2024, 3, 31, 2, 0},   {2024, 3, 31, 2, 30},  {2024, 3, 31, 3, 0},  {2024, 10, 27, 1, 30},
      {2024, 10, 27, 2, 30}, {2024, 10, 27, 3, 0},  {2024, 3, 10, 2, 30},  {2024, 11, 3, 1, 30}, {2024, 7, 1, 12, 0},
      {2024, 1, 1, 0, 0},    {2024, 14, 35, 26, 70}, {2024, 1, -40, -5, -61}, {1969, 12, 31, 23, 59},
  };
  for (size_t i = 0; i < sizeof walls / sizeof *walls; i++)
    for (int dst = -1; dst <= 1; dst++) {
      struct tm wall = {.tm_year = walls[i].year - 1900, .tm_mon = walls[i].month - 1, .tm_mday = walls[i].day,
                        .tm_hour = walls[i].hour, .tm_min = walls[i].minute, .tm_isdst = dst};
      time_t at = mktime(&wall);
      char what[64];
      snprintf(what, sizeof what, "%d-%d-%d %d:%d dst %d = %lld", walls[i].year, walls[i].month, walls[i].day,
               walls[i].hour, walls[i].minute, dst, (long long)at);
      show(what, &wall);
    }
}

static void texts(void) {
  time_t at = 1719792000;
  char text[64];
  struct tm broken = *localtime(&at);
  printf("ctime %s", ctime(&at));
  printf("ctime_r %s", ctime_r(&at, text));
  printf("asctime %s", asctime(&broken));
  strftime(text, sizeof text, "%c|%s|%Z|%z", &broken);
  puts(text);
  struct tm utc = *gmtime(&at);
  strftime(text, sizeof text, "%F %T %Z %z", &utc);
  printf("gmtime %s, timegm %lld\n", text, (long long)timegm(&utc));
}

int main(void) {
  unsetenv("TZ");
  time_t at = 1719792000;
  struct tm first;
  printf("without TZ %d\n", localtime_r(&at, &first)->tm_hour == 0);
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
    select_zone(zones[i]);
    at_times();
    from_wall_clock();
    texts();
  }
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    select_zone(odd[i]);
    show("odd", localtime(&at));
  }
  /* Without tzset: localtime looks at TZ again, localtime_r need not. */
  setenv("TZ", "CET-1", 1);
  printf("localtime %d\n", localtime(&at)->tm_hour);
  setenv("TZ", "EST5", 1);
  struct tm wall = {.tm_year = 124, .tm_mday = 1};
  printf("mktime %lld\n", (long long)mktime(&wall));
  struct tm year = *localtime(&at);
  year.tm_year = 2147483647;
  year.tm_mon = 2147483647;
  printf("mktime beyond all years %lld\n", (long long)mktime(&year));
  time_t beyond = (time_t)1 << 60;
  errno = 0;
  struct tm *none = localtime(&beyond);
  printf("localtime beyond all years %d %s\n", none == NULL, errno == EOVERFLOW ? "EOVERFLOW" : "?");
  return 0;
}
