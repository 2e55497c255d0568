/* Opens what it can, in ways that succeed and that fail, and ends without closing anything. Waits in the open of a FIFO if asked to. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct stat stat;
  mkdir("/data/a", 0777);
  mkdir("/data/a/b", 0777);
  mkdir("/data/a/b/c", 0777);
  (void)!symlink("..", "/data/a/up");
  (void)!symlink("a/b", "/data/to-b");
  static const char *const paths[] = {"/data/a/b/c/none", "/data/a/b/c/none/x", "/data/a/b/../../..", "/data/a/up/up/x",
                                      "/data/to-b/c/x",   "/data/to-b/none/x",  "/data/a/b/c/.",      "/data/a/b/c/file/x",
                                      "/data/a/b/c/file", "/data/a/b/c/../c/../c/file"};
  for (int i = 0; i < 200; i++) {
    const char *path = paths[i % 10];
    open(path, O_RDONLY);
    if (i < 10) open(path, O_RDWR | O_CREAT, 0666);
    stat.st_size = 0;
    fstatat(AT_FDCWD, path, &stat, i & 1 ? AT_SYMLINK_NOFOLLOW : 0);
    mkdir(path, 0777);
    rename(path, "/data/to-b/c/moved");
    rename("/data/to-b/c/moved", path);
    (void)!link(path, "/data/a/b/none/linked");
    (void)!symlink("x", path);
    unlink(path);
    rmdir(path);
  }
  puts("waits");
  fflush(stdout);
  if (argc > 1) open("/data/fifo", strcmp(argv[1], "write") == 0 ? O_WRONLY : O_RDONLY);
  return 0;
}
