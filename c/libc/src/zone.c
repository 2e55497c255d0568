/* The zone that TZ says: none is UTC, or /etc/localtime where the program sees it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base64.h"
#include "result.h"
#include "start.h"
#include "zone.h"

#define DIRECTORY "/usr/share/zoneinfo"

enum { LARGEST = 256 * 1024 };

char *tzname[2] = {"UTC", "UTC"};
int daylight;
long timezone;
const char __utc[] = "GMT"; /* wasi-libc's gmtime names its zone so; glibc's says GMT */

static enum { UNREAD, RULES, OF_FILE } kind;
static struct zone_rules rules;
static char *read_from; /* the value of TZ that was read */

const char *__posix_zone_name(const char *name, size_t length) {
  static struct known {
    struct known *next;
    char text[];
  } *first;
  for (struct known *one = first; one; one = one->next)
    if (strncmp(one->text, name, length) == 0 && one->text[length] == '\0') return one->text;
  struct known *added = malloc(sizeof *added + length + 1);
  if (!added) return "";
  memcpy(added->text, name, length);
  added->text[length] = '\0';
  added->next = first;
  first = added;
  return added->text;
}

static int read_whole(int fd) {
  unsigned char *bytes = malloc(LARGEST);
  size_t size = 0;
  for (ssize_t length; bytes && (length = read(fd, bytes + size, LARGEST - size)) > 0;) size += (size_t)length;
  int is_read = bytes && __posix_read_zone_file(bytes, size);
  free(bytes);
  return is_read;
}

static int read_file(const char *name) {
  char path[512];
  const char *directory = getenv("TZDIR");
  if (!directory || !*directory) directory = DIRECTORY;
  size_t room = strlen(directory) + strlen(name) + 2;
  if (!*name || room > sizeof path) return 0;
  if (*name == '/')
    strcpy(path, name);
  else
    strcat(strcat(strcpy(path, directory), "/"), name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  int is_read = read_whole(fd);
  close(fd);
  return is_read;
}

/* The file that the host handed over for the zone that TZ named at the start: NAME:BASE64. */
static int read_given(const char *name) {
  size_t length = strlen(name);
  if (!__posix_given_zone || strncmp(__posix_given_zone, name, length) != 0 || __posix_given_zone[length] != ':')
    return 0;
  size_t size;
  unsigned char *bytes = __posix_from_base64(__posix_given_zone + length + 1, &size);
  int is_read = bytes && __posix_read_zone_file(bytes, size);
  free(bytes);
  return is_read;
}

static void read_zone(const char *value) {
  const char *name = value ? value + (*value == ':') : "/etc/localtime";
  kind = read_file(name) || read_given(name) ? OF_FILE : RULES;
  if (kind == RULES) __posix_read_rules(value && *name ? name : "UTC0", &rules);
}

static void set_variables(void) {
  struct zone_period periods[2] = {rules.periods[0], rules.periods[1]};
  if (kind == OF_FILE) __posix_zone_file_names(periods);
  for (int i = 0; i < 2; i++) tzname[i] = (char *)periods[i].name;
  timezone = -periods[0].offset;
  daylight = periods[0].offset != periods[1].offset;
}

void tzset(void) {
  const char *value = getenv("TZ");
  int is_same = value && read_from ? strcmp(value, read_from) == 0 : value == read_from;
  int error = errno;
  if (kind == UNREAD || !is_same) {
    free(read_from);
    read_from = value ? strdup(value) : NULL;
    read_zone(value);
  }
  set_variables();
  errno = error;
}

struct zone_period __posix_zone_at(long long time, int looks) {
  if (looks || kind == UNREAD) tzset();
  if (kind == RULES) return __posix_rules_at(&rules, time);
  struct zone_period found = __posix_zone_file_at(time);
  tzname[found.is_dst] = (char *)found.name;
  return found;
}
