/*
 * Opens a directory, makes it stale, and tries every call below its descriptor. The arguments are the directory to work in, the way, and
 * perhaps a path by which the directory is opened only afterwards, or `only` to do no more. With the way `another` it waits until there is
 * a file `go`. Each attempt prints one line; run natively, the program prints what Linux does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *error_name(void) {
  switch (errno) {
    case ENOENT: return "ENOENT";
    case EEXIST: return "EEXIST";
    case ENOTDIR: return "ENOTDIR";
    case EISDIR: return "EISDIR";
    case ENOTEMPTY: return "ENOTEMPTY";
    case EINVAL: return "EINVAL";
    case ELOOP: return "ELOOP";
    case EPERM: return "EPERM";
    case EXDEV: return "EXDEV";
  }
  return strerror(errno);
}

static void say(const char *what, int result) { printf("%s: %s\n", what, result < 0 ? error_name() : "done"); }

static void put(int at, const char *path, const char *text) {
  int fd = openat(at, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) printf("cannot put %s: %s\n", path, error_name());
  close(fd);
}

static void contents(const char *what, int at, const char *path) {
  char text[64] = "";
  int fd = openat(at, path, O_RDONLY);
  if (fd < 0) return say(what, fd);
  if (read(fd, text, sizeof text - 1) < 0) say(what, -1);
  else printf("%s: <%s>\n", what, text);
  close(fd);
}

static void say_open(const char *what, int fd) {
  say(what, fd);
  if (fd >= 0) close(fd);
}

static void list(const char *what, int at) {
  int fd = openat(at, ".", O_RDONLY | O_DIRECTORY);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (directory == NULL) return say(what, -1);
  int names = 0, outside = 0;
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL) {
    if (entry->d_name[0] == '.') continue;
    names++;
    if (strcmp(entry->d_name, "secret") == 0) outside++;
  }
  printf("%s: %d names, %d of them from outside\n", what, names, outside);
  closedir(directory);
}

/* Makes `in/door`, opens it and makes it stale. */
static int stale(int root, const char *way) {
  mkdirat(root, "in", 0777);
  mkdirat(root, "in/door", 0777);
  if (strncmp(way, "removed", 7) != 0 && strcmp(way, "another") != 0) put(root, "in/door/own", "own");
  int fd = openat(root, "in/door", O_RDONLY | O_DIRECTORY);
  if (strcmp(way, "another") == 0) {
    put(root, "ready", "");
    for (int i = 0; i < 30000 && faccessat(root, "go", F_OK, 0) != 0; i++) usleep(1000);
  } else if (strcmp(way, "removed, a link in its place") == 0) {
    say("rmdir", unlinkat(root, "in/door", AT_REMOVEDIR));
    say("symlink", symlinkat("../../outside", root, "in/door"));
  } else if (strcmp(way, "removed") == 0) {
    say("rmdir", unlinkat(root, "in/door", AT_REMOVEDIR));
  } else if (strcmp(way, "removed, another in its place") == 0) {
    say("rmdir", unlinkat(root, "in/door", AT_REMOVEDIR));
    say("mkdir", mkdirat(root, "in/door", 0777));
    put(root, "in/door/secret", "another one's");
  } else if (strcmp(way, "renamed, a link in its place") == 0) {
    say("rename", renameat(root, "in/door", root, "moved"));
    say("symlink", symlinkat("../../outside", root, "in/door"));
  } else if (strcmp(way, "renamed above, a link in its place") == 0) {
    say("rename", renameat(root, "in", root, "moved"));
    say("symlink", symlinkat("..", root, "in"));
  } else if (strcmp(way, "renamed, another in its place") == 0) {
    say("rename", renameat(root, "in/door", root, "moved"));
    say("mkdir", mkdirat(root, "in/door", 0777));
    put(root, "in/door/secret", "another one's");
  } else if (strcmp(way, "replaced by rename") == 0) {
    say("unlink", unlinkat(fd, "own", 0));
    say("mkdir", mkdirat(root, "other", 0777));
    put(root, "other/secret", "another one's");
    say("rename", renameat(root, "other", root, "in/door"));
  }
  return fd;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  int root = open(argv[1], O_RDONLY | O_DIRECTORY);
  put(root, "mine", "mine");
  int fd = stale(root, argv[2]);
  if (argc > 3 && strcmp(argv[3], "only") == 0) return 0;
  if (argc > 3) fd = open(argv[3], O_RDONLY | O_DIRECTORY);
  struct stat stat;
  char target[64];
  struct timespec times[2] = {{1, 0}, {1, 0}};
  contents("read secret", fd, "secret");
  contents("read own", fd, "own");
  contents("read sub/secret", fd, "sub/secret");
  contents("read ./secret", fd, "./secret");
  contents("read own/../secret", fd, "own/../secret");
  contents("read sub/../secret", fd, "sub/../secret");
  say_open("open secret for writing", openat(fd, "secret", O_WRONLY));
  say_open("open secret, truncating", openat(fd, "secret", O_WRONLY | O_TRUNC));
  say_open("open secret, exclusively", openat(fd, "secret", O_WRONLY | O_CREAT | O_EXCL, 0666));
  unlinkat(fd, "secret", 0);
  say_open("open sub", openat(fd, "sub", O_RDONLY | O_DIRECTORY));
  say_open("open itself", openat(fd, ".", O_RDONLY | O_DIRECTORY));
  say_open("create new", openat(fd, "new", O_RDWR | O_CREAT, 0666));
  say_open("create sub/new", openat(fd, "sub/new", O_RDWR | O_CREAT, 0666));
  say("stat secret", fstatat(fd, "secret", &stat, 0));
  say("lstat secret", fstatat(fd, "secret", &stat, AT_SYMLINK_NOFOLLOW));
  say("stat secret/", fstatat(fd, "secret/", &stat, 0));
  say("stat itself", fstatat(fd, ".", &stat, 0));
  say("fstat", fstat(fd, &stat));
  say("utimens secret", utimensat(fd, "secret", times, 0));
  say("utimens secret, itself", utimensat(fd, "secret", times, AT_SYMLINK_NOFOLLOW));
  say("access secret", faccessat(fd, "secret", R_OK, 0));
  say("mkdir made", mkdirat(fd, "made", 0777));
  say("mkdir sub", mkdirat(fd, "sub", 0777));
  say("mkdir secret", mkdirat(fd, "secret", 0777));
  say("rmdir secret", unlinkat(fd, "secret", AT_REMOVEDIR));
  say("rmdir sub", unlinkat(fd, "sub", AT_REMOVEDIR));
  say("unlink secret", unlinkat(fd, "secret", 0));
  say("unlink sub/secret", unlinkat(fd, "sub/secret", 0));
  say("readlink link", (int)readlinkat(fd, "link", target, sizeof target));
  say("symlink made-link", symlinkat("secret", fd, "made-link"));
  say("symlink secret", symlinkat("x", fd, "secret"));
  unlinkat(fd, "secret", 0);
  say("link secret to mine", linkat(fd, "secret", root, "linked", 0));
  say("link mine to secret", linkat(root, "mine", fd, "secret", 0));
  unlinkat(fd, "secret", 0);
  say("link mine to hard", linkat(root, "mine", fd, "hard", 0));
  say("rename secret", renameat(fd, "secret", root, "taken"));
  say("rename sub", renameat(fd, "sub", root, "taken"));
  say("rename own", renameat(fd, "own", root, "taken"));
  say("rename mine to secret", renameat(root, "mine", fd, "secret"));
  say("rename within", renameat(fd, "secret", fd, "secret-2"));
  list("list", fd);
  say("fsync", fsync(fd));
  fflush(stdout);
  return 0;
}
