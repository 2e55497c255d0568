/* Files of names that nobody has yet. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result.h"

enum { TRIES = 100 };

/* Where the six letters to fill in begin; NULL and EINVAL when they are not there. */
static char *place(char *template, int suffix) {
  size_t length = strlen(template);
  if (suffix < 0 || length < 6 + (size_t)suffix || strncmp(template + length - (size_t)suffix - 6, "XXXXXX", 6) != 0) {
    result(-EINVAL);
    return NULL;
  }
  return template + length - suffix - 6;
}

static void fill(char *at) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789__";
  unsigned char random[6];
  getentropy(random, sizeof random);
  for (int i = 0; i < 6; i++) at[i] = letters[random[i] & 63];
}

int mkostemps(char *template, int suffix, int flags) {
  char *at = place(template, suffix);
  for (int i = 0; at && i < TRIES; i++) {
    fill(at);
    int fd = open(template, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0) return fd;
    if (errno != EEXIST) break;
  }
  if (at) memcpy(at, "XXXXXX", 6);
  return -1;
}

int mkstemps(char *template, int suffix) { return mkostemps(template, suffix, 0); }
int mkostemp(char *template, int flags) { return mkostemps(template, 0, flags); }
int mkstemp(char *template) { return mkostemps(template, 0, 0); }

char *mkdtemp(char *template) {
  char *at = place(template, 0);
  for (int i = 0; at && i < TRIES; i++) {
    fill(at);
    if (mkdir(template, 0700) == 0) return template;
    if (errno != EEXIST) break;
  }
  if (at) memcpy(at, "XXXXXX", 6);
  return NULL;
}

char *mktemp(char *template) {
  struct stat file;
  char *at = place(template, 0);
  for (int i = 0; at && i < TRIES; i++) {
    fill(at);
    if (lstat(template, &file) < 0 && errno == ENOENT) return template;
  }
  *template = '\0';
  return template;
}

char *tmpnam(char *name) {
  static char own[L_tmpnam];
  if (!name) name = own;
  strcpy(name, "/tmp/tmpnam_XXXXXX");
  return *mktemp(name) ? name : NULL;
}

char *tempnam(const char *directory, const char *prefix) {
  char path[FILENAME_MAX];
  const char *place = getenv("TMPDIR");
  if (!place) place = directory ? directory : P_tmpdir;
  if (snprintf(path, sizeof path, "%s/%.5s_XXXXXX", place, prefix ? prefix : "temp") >= (int)sizeof path) {
    result(-ENAMETOOLONG);
    return NULL;
  }
  return *mktemp(path) ? strdup(path) : NULL;
}

FILE *tmpfile(void) {
  char path[] = "/tmp/tmpfile_XXXXXX";
  int fd = mkstemp(path);
  if (fd < 0) return NULL;
  unlink(path);
  FILE *file = fdopen(fd, "w+");
  if (!file) close(fd);
  return file;
}
