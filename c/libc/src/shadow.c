/* Passwords by /etc/shadow. */
#include <errno.h>
#include <limits.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

#include "colon_file.h"

enum { FIELDS = 9 };

static FILE *entries;
static struct spwd entry;
static char line[1024];

/* A field that is empty is -1. */
static long number(const char *field) { return *field ? strtol(field, NULL, 10) : -1; }

static void from_fields(struct spwd *to, char **fields, int count) {
  static char none[] = "";
  for (int i = count; i < FIELDS; i++) fields[i] = none;
  to->sp_namp = fields[0];
  to->sp_pwdp = fields[1];
  to->sp_lstchg = number(fields[2]);
  to->sp_min = number(fields[3]);
  to->sp_max = number(fields[4]);
  to->sp_warn = number(fields[5]);
  to->sp_inact = number(fields[6]);
  to->sp_expire = number(fields[7]);
  to->sp_flag = (unsigned long)number(fields[8]);
}

/* 1 with the next one, 0 at the end, -1 with ERANGE. */
static int next(FILE *file, struct spwd *to, char *buffer, size_t size) {
  char *fields[FIELDS];
  int count = __posix_next_fields(file, buffer, size, fields, 2, FIELDS);
  if (count > 0) from_fields(to, fields, count);
  return count > 0 ? 1 : count;
}

int getspnam_r(const char *name, struct spwd *to, char *buffer, size_t size, struct spwd **found) {
  int more;
  FILE *file = fopen("/etc/shadow", "r");
  *found = NULL;
  if (!file) return errno;
  do more = next(file, to, buffer, size);
  while (more > 0 && strcmp(to->sp_namp, name) != 0);
  fclose(file);
  if (more > 0) *found = to;
  return more < 0 ? ERANGE : 0;
}

struct spwd *getspnam(const char *name) {
  struct spwd *found;
  int before = errno, error = getspnam_r(name, &entry, line, sizeof line, &found);
  errno = error ? error : before;
  return found;
}

void endspent(void) {
  if (entries) fclose(entries);
  entries = NULL;
}

void setspent(void) { endspent(); }

struct spwd *fgetspent(FILE *file) { return next(file, &entry, line, sizeof line) > 0 ? &entry : NULL; }

struct spwd *getspent(void) {
  if (!entries) entries = fopen("/etc/shadow", "r");
  return entries ? fgetspent(entries) : NULL;
}

struct spwd *sgetspent(const char *text) {
  FILE *file = fmemopen((void *)text, strlen(text), "r");
  struct spwd *found = file ? fgetspent(file) : NULL;
  if (file) fclose(file);
  return found;
}

static void put(FILE *file, long value) {
  if (value != -1) fprintf(file, "%ld", value);
  putc(':', file);
}

int putspent(const struct spwd *from, FILE *file) {
  fprintf(file, "%s:%s:", from->sp_namp, from->sp_pwdp ? from->sp_pwdp : "");
  put(file, from->sp_lstchg);
  put(file, from->sp_min);
  put(file, from->sp_max);
  put(file, from->sp_warn);
  put(file, from->sp_inact);
  put(file, from->sp_expire);
  if (from->sp_flag != ULONG_MAX) fprintf(file, "%lu", from->sp_flag);
  putc('\n', file);
  return ferror(file) ? -1 : 0;
}
