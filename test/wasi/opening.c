/* path_open: what it creates, refuses and makes of slashes. */
#include "say.h"

#define CREAT __WASI_OFLAGS_CREAT
#define EXCL __WASI_OFLAGS_EXCL
#define TRUNC __WASI_OFLAGS_TRUNC
#define DIRECTORY __WASI_OFLAGS_DIRECTORY
#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE

int32_t path_open_bytes(int32_t, int32_t, const char *, int32_t, int32_t, int64_t, int64_t, int32_t, __wasi_fd_t *)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));

static void open_bytes(const char *what, const char *path, int length) {
  __wasi_fd_t fd;
  say(what, path_open_bytes(ROOT, 0, path, length, CREAT, READ, 0, 0, &fd));
}

int main(void) {
  static char name[300], path[5000];
  (void)!__wasi_path_create_directory(ROOT, "d");
  (void)!__wasi_path_create_directory(ROOT, "d/inner");
  make("f", "contents");

  try_open("missing", 0, "none", 0, READ);
  try_open("missing, to be emptied", 0, "none", TRUNC, WRITE);
  try_open("in a directory that is missing", 0, "none/x", CREAT, READ);
  try_open("below a file", 0, "f/x", CREAT, READ);
  try_open("above a file", 0, "f/..", 0, READ);
  try_open("an empty path", 0, "", 0, READ);
  open_bytes("a NUL at the end", "f\0", 2);
  open_bytes("a NUL inside", "f\0g", 3);
  open_bytes("what is no UTF-8", "\xff\xfe", 2);
  open_bytes("outside of memory", (const char *)0xfffffff0, 8);
  memset(name, 'n', 256);
  try_open("a name of 256 bytes", 0, name, CREAT, READ);
  name[255] = 0;
  try_open("a name of 255 bytes", 0, name, CREAT, READ);
  memset(path, '/', 4999);
  path[0] = 'd';
  try_open("a path of 4999 bytes", 0, path, 0, READ);

  try_open("existing", 0, "f", 0, READ);
  try_open("no rights", 0, "f", 0, 0);
  try_open("CREAT", 0, "new", CREAT, READ | WRITE);
  try_open("CREAT again", 0, "new", CREAT, READ | WRITE);
  try_open("CREAT EXCL", 0, "new", CREAT | EXCL, READ | WRITE);
  try_open("CREAT EXCL of another", 0, "newer", CREAT | EXCL, READ | WRITE);
  try_open("CREAT EXCL of a directory", 0, "d", CREAT | EXCL, READ);
  show("before TRUNC", "f");
  try_open("TRUNC", 0, "f", TRUNC, READ | WRITE);
  show("after", "f");
  try_open("DIRECTORY of a file", 0, "f", DIRECTORY, READ);
  try_open("DIRECTORY", 0, "d", DIRECTORY, READ);
  try_open("DIRECTORY, missing", 0, "none", DIRECTORY, READ);
  try_open("CREAT DIRECTORY", 0, "none", CREAT | DIRECTORY, READ);
  try_open("a directory", 0, "d", 0, READ);
  try_open("a directory for writing", 0, "d", 0, READ | WRITE);
  try_open("a directory, CREAT", 0, "d", CREAT, READ);
  try_open("a directory, TRUNC", 0, "d", TRUNC, READ);

  try_open("a file with a slash", 0, "f/", 0, READ);
  try_open("with slashes", 0, "f///", 0, READ);
  try_open("with a dot", 0, "f/.", 0, READ);
  try_open("a new file with a slash", 0, "n/", CREAT, READ);
  try_open("a directory with slashes", 0, "d//", 0, READ);
  try_open("dots and slashes", 0, "./d/.//inner/../../d/inner/..//../././f", 0, READ);
  try_open("the directory itself", 0, ".", 0, READ);
  try_open("above it", 0, "..", 0, READ);
  try_open("above it and back", 0, "d/inner/../../../x", 0, READ);
  try_open("an absolute path", 0, "/f", 0, READ);

  __wasi_fd_t inner, fd;
  say("the inner directory", __wasi_path_open(ROOT, 0, "d/inner", DIRECTORY,
      __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_CREATE_FILE, FILE_RIGHTS, 0, &inner));
  say("above that", __wasi_path_open(inner, 0, "../../f", 0, READ, 0, 0, &fd));
  say("in it", __wasi_path_open(inner, 0, "x", CREAT, READ, 0, 0, &fd));
  say("below a file that is open", __wasi_path_open(fd, 0, "x", CREAT, READ, 0, 0, &fd));
  say("below a descriptor that is not", __wasi_path_open(99, 0, "x", CREAT, READ, 0, 0, &fd));

  for (int i = 0; i < 3; i++) {
    try_open("its lowest number is free each time", 0, "f", 0, READ);
  }
  int opened = 0;
  while (open_with("f", 0, READ, 0, &fd) == 0) opened++;
  printf("until none is left: %s\n", opened > 900 && opened < 1024 ? "about a thousand" : "another number");
  say("closing one", __wasi_fd_close(500));
  try_open("opening one", 0, "f", 0, READ);
}
