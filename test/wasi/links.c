/* Symbolic links and hard links. */
#include "say.h"

#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW
#define READ __WASI_RIGHTS_FD_READ

static void link_to(const char *target, const char *path) {
  printf("path_symlink %s -> %s: %s\n", path, target, name_of(__wasi_path_symlink(target, ROOT, path)));
}

static void read_link(const char *path, int room) {
  char target[64] = "................";
  __wasi_size_t n = 0;
  int error = __wasi_path_readlink(ROOT, path, (uint8_t *)target, room, &n);
  if (error != 0) printf("path_readlink %s: %s\n", path, name_of(error));
  else printf("path_readlink %s: %u <%.12s>\n", path, (unsigned)n, target);
}

static void stat_path(const char *path, int lookup) {
  __wasi_filestat_t stat;
  int error = __wasi_path_filestat_get(ROOT, lookup, path, &stat);
  const char *how = lookup ? "followed" : "itself";
  if (error != 0) printf("path_filestat_get %s, %s: %s\n", path, how, name_of(error));
  else if (stat.filetype == __WASI_FILETYPE_DIRECTORY) printf("path_filestat_get %s, %s: a directory\n", path, how);
  else printf("path_filestat_get %s, %s: type %d, %llu bytes, %llu links\n", path, how, stat.filetype,
              (unsigned long long)stat.size, (unsigned long long)stat.nlink);
}

static void hard_link(const char *old, const char *path, int lookup) {
  printf("path_link %s -> %s: %s\n", path, old, name_of(__wasi_path_link(ROOT, lookup, old, ROOT, path)));
}

int main(void) {
  (void)!__wasi_path_create_directory(ROOT, "d");
  make("f", "contents");
  make("d/g", "inner");

  link_to("f", "to-f");
  link_to("d", "to-d");
  link_to("../f", "d/up");
  link_to("none", "dangling");
  link_to("self", "self");
  link_to("b", "a");
  link_to("a", "b");
  link_to("/f", "absolute");
  link_to("", "empty");
  link_to("f", "f");
  link_to("f", "d");
  link_to("f", "d/");
  link_to("f", "f/");
  link_to("f", "new/");
  link_to("f", "none/x");

  read_link("to-f", 12);
  read_link("d/up", 12);
  read_link("d/up", 2);
  read_link("dangling", 0);
  read_link("f", 12);
  read_link("d", 12);
  read_link("none", 12);
  read_link("self", 12);
  read_link("to-d/", 12);

  const char *const all[] = {"to-f", "to-d", "d/up", "to-d/up", "dangling", "self", "a", "self/x"};
  for (int i = 0; i < 8; i++) {
    stat_path(all[i], 0);
    stat_path(all[i], FOLLOW);
  }
  stat_path("to-d/", 0);
  stat_path("to-f/", 0);
  stat_path("to-d/..", 0);

  show("by a link", "to-f");
  show("by two", "to-d/up");
  show("in a directory by a link", "to-d/g");
  try_open("a link itself", 0, "to-f", 0, READ);
  try_open("a link to a directory, itself", 0, "to-d", __WASI_OFLAGS_DIRECTORY, READ);
  try_open("the directory", FOLLOW, "to-d", __WASI_OFLAGS_DIRECTORY, READ);
  try_open("a link to a file as a directory", FOLLOW, "to-f", __WASI_OFLAGS_DIRECTORY, READ);
  try_open("a link that dangles", FOLLOW, "dangling", 0, READ);
  try_open("EXCL of it", FOLLOW, "dangling", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, READ);
  try_open("creating through it", FOLLOW, "dangling", __WASI_OFLAGS_CREAT, READ);
  stat_path("none", 0);
  try_open("a loop", FOLLOW, "self", 0, READ);
  try_open("a loop of two", FOLLOW, "a", __WASI_OFLAGS_CREAT, READ);
  try_open("through a loop", 0, "self/x", __WASI_OFLAGS_CREAT, READ);

  hard_link("f", "f2", 0);
  hard_link("f", "f2", 0);
  hard_link("f", "f", 0);
  hard_link("f", "d", 0);
  hard_link("d", "d2", 0);
  hard_link("none2", "x", 0);
  hard_link("f", "new/", 0);
  hard_link("f", "self", 0);
  hard_link("self", "x", FOLLOW);
  hard_link("to-f", "f3", FOLLOW);
  stat_path("f2", 0);
  show("by another name", "f3");
  make("f2", "changed");
  show("by the first one", "f");

  say("path_filestat_set_times of a loop", __wasi_path_filestat_set_times(ROOT, FOLLOW, "self", 0, 0, 2));
  say("path_unlink_file of a loop", __wasi_path_unlink_file(ROOT, "self"));
  say("path_unlink_file of a link to a directory", __wasi_path_unlink_file(ROOT, "to-d"));
  stat_path("d", 0);
  say("path_rename of a link", __wasi_path_rename(ROOT, "to-f", ROOT, "d/to-f"));
  stat_path("d/to-f", FOLLOW);
  say("path_rename of a loop", __wasi_path_rename(ROOT, "a", ROOT, "a2"));
  stat_path("b", FOLLOW);
}
