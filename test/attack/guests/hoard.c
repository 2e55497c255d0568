/* Fills its file system in one way, as the argument says, until a call fails, and prints how far it got. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char data[1 << 16];

static int ended(const char *what, long count) {
  printf("%s %ld, %s\n", what, count, errno == 0 ? "no end" : errno == ENOSPC ? "ENOSPC" : strerror(errno));
  return 0;
}

static int make(const char *name) {
  int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (fd >= 0) close(fd);
  return fd < 0 ? -1 : 0;
}

static int made_symlink(const char *name) { return symlink("x", name); }
static int made_hard_link(const char *name) { return link("/first", name); }
static int made_directory(const char *name) { return mkdir(name, 0777); }

static int many(int (*one)(const char *), const char *pattern, long most) {
  char name[300];
  for (long i = 0; i < most; i++) {
    snprintf(name, sizeof name, pattern, i);
    if (one(name) != 0) return ended("made", i);
  }
  return ended("made", most);
}

static long written(int fd, size_t piece) {
  long total = 0;
  for (ssize_t n; total < 1L << 30; total += n) {
    n = write(fd, data, piece);
    if (n <= 0) break;
  }
  return total;
}

static int churn(long most, int directories) {
  for (long i = 0; i < most; i++) {
    int made = directories ? mkdir("/churn", 0777) : make("/churn");
    if (made != 0 || (directories ? rmdir("/churn") : unlink("/churn")) != 0) return ended("churned", i);
  }
  return ended("churned", most);
}

int main(int argc, char **argv) {
  const char *how = argv[1];
  long most = argc > 2 ? atol(argv[2]) : 1000000;
  errno = 0;
  if (strcmp(how, "files") == 0) return many(make, "/f%ld", most);
  if (strcmp(how, "directories") == 0) return many(made_directory, "/d%ld", most);
  if (strcmp(how, "symbolic links") == 0) return many(made_symlink, "/l%ld", most);
  if (strcmp(how, "long names") == 0) {
    char pattern[260];
    memset(pattern, 'n', 240);
    strcpy(pattern + 240, "%ld");
    return many(make, pattern, most);
  }
  if (strcmp(how, "long targets") == 0) {
    static char target[4000];
    memset(target, 't', sizeof target - 1);
    char name[32];
    for (long i = 0;; i++) {
      snprintf(name, sizeof name, "/t%ld", i);
      if (symlink(target, name) != 0) return ended("made", i);
    }
  }
  if (strncmp(how, "deep", 4) == 0) {
    char name[201] = "d";
    if (strcmp(how, "deep, long names") == 0) memset(name, 'd', 200);
    int at = open("/", O_RDONLY | O_DIRECTORY);
    for (long i = 0;; i++) {
      if (mkdirat(at, name, 0777) != 0) return ended("deep", i);
      int next = openat(at, name, O_RDONLY | O_DIRECTORY);
      if (next < 0) return ended("opened", i);
      close(at);
      at = next;
    }
  }
  if (strcmp(how, "file churn") == 0) return churn(most, 0);
  if (strcmp(how, "directory churn") == 0) return churn(most, 1);
  int fd = open("/first", O_RDWR | O_CREAT, 0666);
  if (strcmp(how, "hard links") == 0) return many(made_hard_link, "/h%ld", most);
  if (strcmp(how, "bytes") == 0) return ended("wrote", written(fd, sizeof data));
  if (strcmp(how, "odd bytes") == 0) return ended("wrote", written(fd, 1000));
  if (strcmp(how, "truncate") == 0) {
    int failed = ftruncate(fd, 2 << 20);
    return ended("size", failed ? -1 : 2 << 20);
  }
  if (strcmp(how, "allocate") == 0) {
    errno = posix_fallocate(fd, 0, 2 << 20);
    return ended("size", errno ? -1 : 2 << 20);
  }
  if (strcmp(how, "gap") == 0) return ended("wrote", pwrite(fd, "x", 1, 2 << 20));
  if (strcmp(how, "over what is there") == 0) {
    long first = written(fd, sizeof data);
    errno = 0;
    ssize_t again = pwrite(fd, data, sizeof data, 0);
    printf("%s ", first > 0 && again == sizeof data ? "replaced" : "failed");
    return ended("after", first);
  }
  if (strcmp(how, "appended") == 0) {
    int other = open("/first", O_WRONLY | O_APPEND);
    return ended("wrote", written(other, sizeof data));
  }
  if (strcmp(how, "removed and open") == 0) {
    long first = written(fd, sizeof data);
    unlink("/first");
    int other = open("/second", O_RDWR | O_CREAT, 0666);
    long second = other < 0 ? -1 : written(other, sizeof data);
    printf("%ld, then ", first);
    ended("wrote", second);
    close(fd);
    if (other < 0) other = open("/second", O_RDWR | O_CREAT, 0666);
    return ended("after close", written(other, sizeof data));
  }
  if (strcmp(how, "replaced by rename") == 0 || strcmp(how, "truncated again") == 0) {
    for (long i = 0; i < 20; i++) {
      int other = open("/other", O_RDWR | O_CREAT | O_TRUNC, 0666);
      if (other < 0) return ended("rounds", i);
      long total = 0;
      for (int j = 0; j < 4; j++) total += write(other, data, sizeof data);
      close(other);
      if (total != 4 * sizeof data) return ended("rounds", i);
      if (how[0] == 'r' && rename("/other", "/first") != 0) return ended("rounds", i);
    }
    return ended("rounds", 20);
  }
  return 2;
}
