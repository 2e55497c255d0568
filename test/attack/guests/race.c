/* Calls below a directory while another process exchanges names in it. Prints what came from outside, and how often calls succeeded. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int done, escaped;

static void seen(const char *call, const char *text) {
  if (strstr(text, "secret") == NULL) return;
  escaped++;
  printf("%s found %s\n", call, text);
}

static void try_read(int at, const char *path) {
  char text[64] = "";
  int fd = openat(at, path, O_RDONLY);
  if (fd < 0) return;
  if (read(fd, text, sizeof text - 1) >= 0) done++;
  seen(path, text);
  close(fd);
}

static void try_list(int at, const char *path) {
  int fd = openat(at, path, O_RDONLY | O_DIRECTORY);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (directory == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL) seen("list", entry->d_name);
  closedir(directory);
}

static void try_write(int at, const char *path) {
  int fd = openat(at, path, O_WRONLY | O_TRUNC);
  if (fd < 0) return;
  if (write(fd, "x", 1) == 1) done++;
  close(fd);
}

int main(int argc, char **argv) {
  int rounds = argc > 2 ? atoi(argv[2]) : 1, writes = argc <= 3;
  int root = open(argv[1], O_RDONLY | O_DIRECTORY);
  int above = openat(root, "a", O_RDONLY | O_DIRECTORY);
  struct stat stat;
  char text[64];
  struct timespec times[2] = {{1, 0}, {1, 0}};
  for (int i = 0; i < rounds; i++) {
    try_read(root, "a/b/file");
    try_read(root, "a/b/link");
    try_read(above, "b/file");
    try_list(root, "a/b");
    if (!writes) continue;
    try_write(root, "a/b/file");
    int fd = openat(root, "a/b/new", O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd >= 0) close(fd);
    if (fstatat(root, "a/b/file", &stat, 0) == 0 && stat.st_size > 1000) escaped++;
    done += utimensat(root, "a/b/file", times, 0) == 0;
    done += mkdirat(root, "a/b/dir", 0777) == 0;
    done += symlinkat("x", root, "a/b/sym") == 0;
    done += linkat(root, "a/b/file", root, "linked", 0) == 0;
    done += renameat(root, "a/b/new", root, "renamed") == 0;
    done += renameat(root, "renamed", root, "a/b/back") == 0;
    unlinkat(root, "linked", 0);
    unlinkat(root, "renamed", 0);
    done += unlinkat(root, "a/b/back", 0) == 0;
    done += unlinkat(root, "a/b/new", 0) == 0;
    done += unlinkat(root, "a/b/sym", 0) == 0;
    done += unlinkat(root, "a/b/dir", AT_REMOVEDIR) == 0;
    if (readlinkat(root, "a/b/link", text, sizeof text) == 12) escaped++;
  }
  printf("escaped: %d\nmoved: %s\n", escaped, done > 0 ? "yes" : "no");
  return 0;
}
