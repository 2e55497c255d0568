/* Groups by /etc/group; without that file, the group of the user who runs the program, by the user's name. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colon_file.h"

static FILE *entries;
static int own_given;

/* The pointers to the members' names stand in the buffer, after the line. 0, or -1 and ERANGE. */
static int from_fields(struct group *group, char **fields, char *free_from, char *end) {
  char **members = (char **)(((uintptr_t)free_from + sizeof(char *) - 1) & ~(sizeof(char *) - 1));
  int count = 0;
  for (char *name = fields[3]; *name;) {
    char *next = name + strcspn(name, ",");
    if ((char *)(members + count + 2) > end) goto full;
    members[count++] = name;
    if (!*next) break;
    *next = '\0';
    name = next + 1;
  }
  if ((char *)(members + count + 1) > end) goto full;
  members[count] = NULL;
  group->gr_name = fields[0];
  group->gr_passwd = fields[1];
  group->gr_gid = (gid_t)strtoul(fields[2], NULL, 10);
  group->gr_mem = members;
  return 0;
full:
  errno = ERANGE;
  return -1;
}

static int next(FILE *file, struct group *group, char *buffer, size_t size) {
  char *fields[4];
  int count = __posix_next_fields(file, buffer, size, fields, 4, 4);
  if (count <= 0) return count;
  return from_fields(group, fields, fields[3] + strlen(fields[3]) + 1, buffer + size) < 0 ? -1 : 1;
}

static int own(struct group *group, char *buffer, size_t size) {
  struct passwd *user = getpwuid(getuid());
  char *fields[4];
  int length = snprintf(buffer, size, "%s%cx%c%u%c", user ? user->pw_name : "user", 0, 0, (unsigned)getgid(), 0);
  if (length < 0 || (size_t)length + 1 >= size) return -1;
  char *at = buffer;
  for (int i = 0; i < 4; i++) {
    fields[i] = at;
    at += strlen(at) + 1;
  }
  return from_fields(group, fields, at, buffer + size) < 0 ? -1 : 1;
}

static int find(const char *name, gid_t number, struct group *group, char *buffer, size_t size, struct group **found) {
  int more;
  FILE *file = fopen("/etc/group", "r");
  *found = NULL;
  do more = file ? next(file, group, buffer, size) : own(group, buffer, size);
  while (file && more > 0 && (name ? strcmp(group->gr_name, name) != 0 : group->gr_gid != number));
  if (file) fclose(file);
  if (more < 0) return ERANGE;
  if (more > 0 && (name ? strcmp(group->gr_name, name) == 0 : group->gr_gid == number)) *found = group;
  return 0;
}

int getgrnam_r(const char *name, struct group *group, char *buffer, size_t size, struct group **found) {
  return find(name, 0, group, buffer, size, found);
}

int getgrgid_r(gid_t number, struct group *group, char *buffer, size_t size, struct group **found) {
  return find(NULL, number, group, buffer, size, found);
}

static struct group group;
static char line[4096];

struct group *getgrnam(const char *name) {
  struct group *found;
  int before = errno, error = getgrnam_r(name, &group, line, sizeof line, &found);
  errno = error ? error : before;
  return found;
}

struct group *getgrgid(gid_t number) {
  struct group *found;
  int before = errno, error = getgrgid_r(number, &group, line, sizeof line, &found);
  errno = error ? error : before;
  return found;
}

void endgrent(void) {
  if (entries) fclose(entries);
  entries = NULL;
  own_given = 0;
}

void setgrent(void) { endgrent(); }

struct group *getgrent(void) {
  int before = errno;
  if (!entries) entries = fopen("/etc/group", "r");
  errno = before;
  if (entries) return next(entries, &group, line, sizeof line) > 0 ? &group : NULL;
  if (own_given) return NULL;
  own_given = 1;
  return own(&group, line, sizeof line) > 0 ? &group : NULL;
}

static int is_member(const struct group *of, const char *name) {
  for (char **member = of->gr_mem; *member; member++)
    if (strcmp(*member, name) == 0) return 1;
  return 0;
}

/* getgrouplist(3): the number of groups, or -1 when there is no room for all; *count is what there are in either case.
 */
int getgrouplist(const char *name, gid_t first, gid_t *groups, int *count) {
  int room = *count, found = 0;
  if (found++ < room) groups[0] = first;
  setgrent();
  for (struct group *one; (one = getgrent());) {
    if (one->gr_gid == first || !is_member(one, name)) continue;
    if (found < room) groups[found] = one->gr_gid;
    found++;
  }
  endgrent();
  *count = found;
  return found > room ? -1 : found;
}
