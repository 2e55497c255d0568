/* Numbers of descriptors, their flags and rights. */
#include "say.h"

static void show_stat(const char *what, __wasi_fd_t fd) {
  __wasi_fdstat_t stat;
  int error = __wasi_fd_fdstat_get(fd, &stat);
  if (error != 0) say(what, error);
  else printf("%s: type %d, flags %d\n", what, stat.fs_filetype, stat.fs_flags);
}

static int has(__wasi_fd_t fd, __wasi_rights_t right) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) == 0 && (stat.fs_rights_base & right) != 0;
}

int main(void) {
  __wasi_prestat_t prestat;
  char name[16] = "unchanged";
  say("fd_prestat_get of a directory", __wasi_fd_prestat_get(ROOT, &prestat));
  printf("tag %d, a name of %u bytes\n", prestat.tag, (unsigned)prestat.u.dir.pr_name_len);
  say("fd_prestat_dir_name with no room", __wasi_fd_prestat_dir_name(ROOT, (uint8_t *)name, 0));
  say("fd_prestat_dir_name with too much", __wasi_fd_prestat_dir_name(ROOT, (uint8_t *)name, 5));
  printf("<%s>\n", name);
  say("fd_prestat_get past the last", __wasi_fd_prestat_get(4, &prestat));
  show_stat("the directory", ROOT);

  __wasi_fd_t file, other;
  say("open for appending", open_with("a", __WASI_OFLAGS_CREAT, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &file));
  tell("its number", file);
  show_stat("appending", file);
  say("fd_fdstat_set_flags NONBLOCK", __wasi_fd_fdstat_set_flags(file, __WASI_FDFLAGS_NONBLOCK));
  show_stat("not blocking", file);
  say("fd_fdstat_set_flags none", __wasi_fd_fdstat_set_flags(file, 0));
  show_stat("plain", file);
  say("open with NONBLOCK", open_with("a", 0, FILE_RIGHTS, __WASI_FDFLAGS_NONBLOCK, &other));
  show_stat("the other", other);
  say("fd_fdstat_set_flags of 99", __wasi_fd_fdstat_set_flags(99, 0));

  say("fd_fdstat_set_rights to fewer", __wasi_fd_fdstat_set_rights(other, __WASI_RIGHTS_FD_SEEK, 0));
  printf("reads %d, seeks %d\n", has(other, __WASI_RIGHTS_FD_READ), has(other, __WASI_RIGHTS_FD_SEEK));
  say("fd_fdstat_set_rights to more", __wasi_fd_fdstat_set_rights(other, FILE_RIGHTS, 0));
  say("writing without the right", write_to(other, "x"));
  char byte;
  __wasi_size_t n;
  __wasi_iovec_t in = {(uint8_t *)&byte, 1};
  say("reading without the right", __wasi_fd_read(other, &in, 1, &n));

  say("fd_renumber to itself", __wasi_fd_renumber(file, file));
  say("fd_renumber of 99", __wasi_fd_renumber(99, file));
  say("fd_renumber onto another", __wasi_fd_renumber(file, other));
  show_stat("where it was", file);
  show_stat("where it is", other);
  say("writing there", write_to(other, "moved"));
  show("it reads", "a");
  say("fd_close", __wasi_fd_close(other));
  say("fd_close again", __wasi_fd_close(other));
  say("fd_close of 99", __wasi_fd_close(99));
  say("fd_close of -1", __wasi_fd_close(-1));

  __wasi_fd_t directory;
  say("path_create_directory", __wasi_path_create_directory(ROOT, "d"));
  say("open it", __wasi_path_open(ROOT, 0, "d", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_FD_SEEK,
                                  FILE_RIGHTS, 0, &directory));
  printf("opens %d, seeks %d\n", has(directory, __WASI_RIGHTS_PATH_OPEN), has(directory, __WASI_RIGHTS_FD_SEEK));
  say("fd_prestat_get of it", __wasi_fd_prestat_get(directory, &prestat));
  say("making a directory without the right", __wasi_path_create_directory(directory, "x"));
  say("creating a file without the right",
      __wasi_path_open(directory, 0, "x", __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, 0, &file));
  say("asking for more than it passes on",
      __wasi_path_open(directory, 0, ".", 0, __WASI_RIGHTS_PATH_OPEN, 0, 0, &file));
  say("fd_close of the directory given", __wasi_fd_close(ROOT));
  show_stat("it", ROOT);
  show_stat("the one inside", directory);
  say("a path from it", __wasi_path_create_directory(ROOT, "e"));
  say("fd_renumber into its place", __wasi_fd_renumber(directory, ROOT));
  show_stat("there", ROOT);
}
