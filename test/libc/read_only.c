/* What a program can do in a directory that is mounted read-only: `file`, `folder/inner`, `link` to file, `fifo`. The arguments are
   the directory, and another one that can be changed, with a file `own`. */
#include "../guests/say.h"

#include <sys/stat.h>

static void say_done(const char *what, long answer) {
  if (answer < 0) printf("%s: %s\n", what, errno_name(errno));
  else printf("%s: ok\n", what);
}

static void say_open(const char *what, int fd) {
  say_done(what, fd);
  if (fd >= 0) close(fd);
}

int main(int count, char **arguments) {
  char there[256];
  if (count != 3 || chdir(arguments[1]) < 0) return 1;
  snprintf(there, sizeof there, "%s/own", arguments[2]);
  char text[8] = "";
  int fd = open("file", O_RDONLY), folder = open("folder", O_RDONLY | O_DIRECTORY);
  say_done("read", read(fd, text, 4));
  puts(text);
  say_done("futimens", futimens(fd, NULL));
  say_done("ftruncate", ftruncate(fd, 0));
  say_done("write", write(fd, "x", 1));
  say_open("O_WRONLY", open("file", O_WRONLY));
  say_open("O_RDWR", open("file", O_RDWR));
  say_open("O_TRUNC", open("file", O_RDONLY | O_TRUNC));
  say_open("O_APPEND", open("file", O_WRONLY | O_APPEND));
  say_open("O_CREAT of what is there", open("file", O_RDONLY | O_CREAT, 0600));
  say_open("O_CREAT", open("new", O_RDONLY | O_CREAT, 0600));
  say_open("O_CREAT|O_EXCL of what is there", open("file", O_RDONLY | O_CREAT | O_EXCL, 0600));
  say_open("O_WRONLY of nothing", open("nothing", O_WRONLY));
  say_open("by a link", open("link", O_WRONLY));
  say_open("below an open directory", openat(folder, "inner", O_RDWR));
  say_open("made below an open directory", openat(folder, "new", O_WRONLY | O_CREAT, 0600));
  say_open("inner", openat(folder, "inner", O_RDONLY));
  say_open("a FIFO", open("fifo", O_RDWR | O_NONBLOCK));
  say_done("mkdir", mkdir("new", 0700));
  say_done("mkdir of what is there", mkdir("folder", 0700));
  say_done("rmdir", rmdir("folder"));
  say_done("unlink", unlink("file"));
  say_done("unlink of nothing", unlink("nothing"));
  say_done("rename", rename("file", "new"));
  say_done("rename over", rename("file", "folder/inner"));
  say_done("link", link("file", "new"));
  say_done("rename into the other", rename("file", there));
  say_done("rename out of the other", rename(there, "new"));
  say_done("link into the other", link("file", there));
  say_done("link out of the other", link(there, "new"));
  say_done("symlink", symlink("file", "new"));
  say_done("symlink of what is there", symlink("file", "link"));
  say_done("utimensat", utimensat(AT_FDCWD, "file", NULL, 0));
  say_done("access R_OK", access("file", R_OK));
  struct stat stat_of;
  say_done("stat", stat("file", &stat_of));
  char target[8] = "";
  say_done("readlink", readlink("link", target, sizeof target - 1));
  puts(target);
  return 0;
}
