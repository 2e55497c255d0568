/* Users by /etc/passwd. Where that file is not given to the program, the user who runs it is known all the same:
 * programs ask for their own name and home, and the environment tells both. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "colon_file.h"

static FILE *entries;
static int own_given;

static void from_fields(struct passwd *user, char **fields) {
  user->pw_name = fields[0];
  user->pw_passwd = fields[1];
  user->pw_uid = (uid_t)strtoul(fields[2], NULL, 10);
  user->pw_gid = (gid_t)strtoul(fields[3], NULL, 10);
  user->pw_gecos = fields[4];
  user->pw_dir = fields[5];
  user->pw_shell = fields[6];
}

static const char *told(const char *variable, const char *otherwise) {
  const char *value = getenv(variable);
  return value && *value ? value : otherwise;
}

/* The user of this process, of the environment. 0, or ERANGE. */
static int own(struct passwd *user, char *buffer, size_t size) {
  char *fields[7];
  int length =
      snprintf(buffer, size, "%s%cx%c%u%c%u%c%c%s%c%s", told("USER", told("LOGNAME", "user")), 0, 0, (unsigned)getuid(),
               0, (unsigned)getgid(), 0, 0, told("HOME", "/"), 0, told("SHELL", "/bin/sh"));
  if (length < 0 || (size_t)length >= size) return ERANGE;
  for (int i = 0; i < 7; i++) {
    fields[i] = buffer;
    buffer += strlen(buffer) + 1;
  }
  from_fields(user, fields);
  return 0;
}

/* 1 with the next one, 0 at the end, -1 with ERANGE. */
static int next(FILE *file, struct passwd *user, char *buffer, size_t size) {
  char *fields[7];
  int count = __posix_next_fields(file, buffer, size, fields, 7, 7);
  if (count > 0) from_fields(user, fields);
  return count > 0 ? 1 : count;
}

static int find(const char *name, uid_t number, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
  int more = 0, error = 0;
  FILE *file = fopen("/etc/passwd", "r");
  *found = NULL;
  if (!file) {
    error = own(user, buffer, size);
    more = !error;
    if (more && (name ? strcmp(user->pw_name, name) != 0 : user->pw_uid != number)) return 0;
  } else {
    do more = next(file, user, buffer, size);
    while (more > 0 && (name ? strcmp(user->pw_name, name) != 0 : user->pw_uid != number));
    fclose(file);
    if (more < 0) error = ERANGE;
  }
  if (more > 0) *found = user;
  return error;
}

int getpwnam_r(const char *name, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
  return find(name, 0, user, buffer, size, found);
}

int getpwuid_r(uid_t number, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
  return find(NULL, number, user, buffer, size, found);
}

static struct passwd user;
static char line[1024];

static struct passwd *answer(int error, struct passwd *found) {
  if (error) errno = error;
  return found;
}

struct passwd *getpwnam(const char *name) {
  struct passwd *found;
  int before = errno, error = getpwnam_r(name, &user, line, sizeof line, &found);
  errno = before;
  return answer(error, found);
}

struct passwd *getpwuid(uid_t number) {
  struct passwd *found;
  int before = errno, error = getpwuid_r(number, &user, line, sizeof line, &found);
  errno = before;
  return answer(error, found);
}

void endpwent(void) {
  if (entries) fclose(entries);
  entries = NULL;
  own_given = 0;
}

void setpwent(void) { endpwent(); }

struct passwd *getpwent(void) {
  int before = errno;
  if (!entries) entries = fopen("/etc/passwd", "r");
  errno = before;
  if (entries) return next(entries, &user, line, sizeof line) > 0 ? &user : NULL;
  if (own_given) return NULL;
  own_given = 1;
  return own(&user, line, sizeof line) == 0 ? &user : NULL;
}
