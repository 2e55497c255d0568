/* path_create_directory, path_remove_directory, path_unlink_file. */
#include "say.h"

static void mkdirs(const char *path) {
  printf("path_create_directory %s: %s\n", path, name_of(__wasi_path_create_directory(ROOT, path)));
}
static void rmdirs(const char *path) {
  printf("path_remove_directory %s: %s\n", path, name_of(__wasi_path_remove_directory(ROOT, path)));
}
static void unlinks(const char *path) {
  printf("path_unlink_file %s: %s\n", path, name_of(__wasi_path_unlink_file(ROOT, path)));
}

int main(void) {
  make("f", "f");
  mkdirs("d");
  mkdirs("d");
  mkdirs("f");
  mkdirs("d/inner/");
  mkdirs("none/x");
  mkdirs("f/x");
  mkdirs("");
  mkdirs(".");
  mkdirs("..");
  mkdirs("../x");
  mkdirs("/x");

  rmdirs("d");
  rmdirs("f");
  rmdirs("f/");
  rmdirs("none");
  rmdirs("d/inner/.");
  rmdirs("d/inner/..");
  rmdirs(".");
  rmdirs("..");
  rmdirs("");
  (void)!__wasi_path_symlink("d", ROOT, "to-d");
  rmdirs("to-d");
  rmdirs("to-d/");
  rmdirs("d/inner/");
  rmdirs("d/inner");

  make("d/file", "kept");
  unlinks("d");
  unlinks("d/");
  show("what was in it", "d/file");
  unlinks("none");
  unlinks("f/");
  unlinks("f/x");
  unlinks("");
  unlinks(".");
  unlinks("../f");

  __wasi_fd_t fd;
  char byte = 0;
  __wasi_size_t n = 0;
  __wasi_iovec_t in = {(uint8_t *)&byte, 1};
  say("open", open_with("f", 0, FILE_RIGHTS, 0, &fd));
  unlinks("f");
  unlinks("f");
  say("read what has no name any more", __wasi_fd_read(fd, &in, 1, &n));
  printf("%u byte: %c\n", (unsigned)n, byte);
  say("close", __wasi_fd_close(fd));
}
