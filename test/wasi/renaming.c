/* path_rename. */
#include "say.h"

static void move(const char *from, const char *to) {
  printf("%s to %s: %s\n", from, to, name_of(__wasi_path_rename(ROOT, from, ROOT, to)));
}

static void mkdirs(const char *path) { (void)!__wasi_path_create_directory(ROOT, path); }

static void is_there(const char *path) {
  __wasi_filestat_t stat;
  int error = __wasi_path_filestat_get(ROOT, 0, path, &stat);
  printf("  %s: %s\n", path, error == 0 ? "there" : name_of(error));
}

int main(void) {
  make("one", "1");
  make("two", "2");
  mkdirs("empty");
  mkdirs("full");
  mkdirs("full/sub");
  make("full/file", "f");

  move("none", "x");
  move("one", "moved");
  is_there("one");
  move("moved", "two");
  show("  over a file", "two");
  move("two", "two");
  show("  onto itself", "two");
  move("two", "empty");
  is_there("two");
  move("two", "new/");
  move("two/", "x");
  move("two", "none/x");
  move("two", "two/x");
  move("empty", "two");
  move("empty", "full");
  is_there("full/file");
  move("full", "full/sub/x");
  is_there("full/file");
  move("full", "empty");
  is_there("full");
  is_there("empty/file");
  move("empty/", "full/");
  is_there("full/sub");
  move("full/sub", "sub");
  move("full/sub", "sub");
  move("full/.", "x");
  move("full", "sub/..");
  move(".", "x");
  move("", "x");
  move("two", "");
  move("two", "../two");
  move("../two", "x");
  move("/two", "x");

  __wasi_fd_t directory, fd;
  say("open a directory", __wasi_path_open(ROOT, 0, "full", __WASI_OFLAGS_DIRECTORY,
      __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_RENAME_SOURCE, FILE_RIGHTS, 0, &directory));
  move("full", "sub/deep");
  say("open in it after it was moved", __wasi_path_open(directory, 0, "file", 0, FILE_RIGHTS, 0, 0, &fd));
  say("rename out of it", __wasi_path_rename(directory, "file", ROOT, "out"));
  say("write to a file that was moved", write_to(fd, "F"));
  show("  out", "out");
}
