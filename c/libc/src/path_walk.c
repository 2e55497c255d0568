#define _GNU_SOURCE
#include "path_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/libc-find-relpath.h>

#include "result.h"
#include "working_directory.h"

enum { MOST_LINKS = 40 };

/* A path as far as its links were followed, and what is still to follow. */
struct walk {
  char done[PATH_MAX], rest[PATH_MAX];
  int links;
  int has_entered; /* anything but the working directory, from which `..` leads even when it is gone */
};

/* Whether the host shows the directory itself, not only one below it. */
static int is_shown(const char *path) {
  const char *prefix, *rest;
  return __wasilibc_find_abspath(path, &prefix, &rest) >= 0;
}

static int check_directory(const char *path) {
  struct stat directory;
  if (!is_shown(path)) return 0;
  if (stat(*path ? path : "/", &directory) < 0) return -1;
  return result(S_ISDIR(directory.st_mode) ? 0 : -ENOTDIR);
}

static int go_up(struct walk *walk) {
  if (walk->has_entered && check_directory(walk->done) < 0) return -1;
  char *slash = strrchr(walk->done, '/');
  if (slash) *slash = '\0';
  return 0;
}

/* Puts a link's text before what is still to follow. */
static int follow(struct walk *walk, const char *text) {
  char rest[PATH_MAX];
  if (++walk->links > MOST_LINKS) return result(-ELOOP);
  if (strlen(text) + strlen(walk->rest) + 2 > PATH_MAX) return result(-ENAMETOOLONG);
  strcpy(stpcpy(stpcpy(rest, text), "/"), walk->rest);
  strcpy(walk->rest, rest);
  if (*text == '/')
    walk->done[0] = '\0';
  else
    *strrchr(walk->done, '/') = '\0';
  return 0;
}

static int go_into(struct walk *walk, const char *name, size_t length) {
  char text[PATH_MAX];
  size_t before = strlen(walk->done);
  walk->has_entered = 1;
  if (length > NAME_MAX || before + length + 2 > PATH_MAX) return result(-ENAMETOOLONG);
  walk->done[before] = '/';
  memcpy(walk->done + before + 1, name, length);
  walk->done[before + 1 + length] = '\0';
  ssize_t size = is_shown(walk->done) ? readlink(walk->done, text, sizeof text - 1) : -1;
  if (size < 0) return 0; /* no link: whether it is there is seen at the end, or where the path turns back */
  text[size] = '\0';
  return follow(walk, text);
}

static int step(struct walk *walk) {
  char name[PATH_MAX];
  const char *from = walk->rest + strspn(walk->rest, "/");
  size_t length = strcspn(from, "/");
  memcpy(name, from, length);
  name[length] = '\0';
  memmove(walk->rest, from + length, strlen(from + length) + 1);
  if (length == 0 || strcmp(name, ".") == 0) return 0;
  return strcmp(name, "..") == 0 ? go_up(walk) : go_into(walk, name, length);
}

static int walk_along(struct walk *walk, const char *path) {
  if (strlen(path) >= PATH_MAX) return result(-ENAMETOOLONG);
  const char *from = *path == '/' ? "" : __posix_working_directory();
  strcpy(walk->done, strcmp(from, "/") == 0 ? "" : from);
  strcpy(walk->rest, path);
  while (*walk->rest)
    if (step(walk) < 0) return -1;
  return 0;
}

/* The end of a walk: the root is there in any case; a slash at the end of a path asks for a directory. */
static int look(const char *found, const char *path, struct stat *file) {
  memset(file, 0, sizeof *file);
  file->st_mode = S_IFDIR;
  if (*found && stat(found, file) < 0) return -1;
  return result(path[strlen(path) - 1] == '/' && !S_ISDIR(file->st_mode) ? -ENOTDIR : 0);
}

char *__posix_real_path(const char *path, struct stat *file) {
  struct walk *walk = *path ? calloc(1, sizeof *walk) : NULL;
  char *found = NULL;
  if (!walk)
    result(*path ? -ENOMEM : -ENOENT);
  else if (walk_along(walk, path) == 0 && look(walk->done, path, file) == 0)
    found = strdup(*walk->done ? walk->done : "/");
  free(walk);
  return found;
}
