/* open: every kind of flag, with and without an access mode; what F_GETFL, F_GETFD and F_SETFL make of them; and O_PATH, O_TMPFILE. */
#include "say.h"

#include <dirent.h>
#include <sys/stat.h>

static char place[512];

static const char *named(int flags) {
  static const struct {
    int bit;
    const char *name;
  } names[] = {{O_APPEND, "APPEND"}, {O_NONBLOCK, "NONBLOCK"}, {O_PATH, "PATH"}, {O_DIRECT, "DIRECT"}, {O_ASYNC, "ASYNC"}};
  static char text[128];
  strcpy(text, (flags & O_ACCMODE) == O_RDONLY ? "RDONLY" : (flags & O_ACCMODE) == O_WRONLY ? "WRONLY" : "RDWR");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (flags & names[i].bit) strcat(strcat(text, "|"), names[i].name);
  if ((flags & O_SYNC) == O_SYNC)
    strcat(text, "|SYNC");
  else if (flags & O_DSYNC)
    strcat(text, "|DSYNC");
  return text;
}

/* What can be done with it. */
static void describe(const char *what, int fd) {
  struct stat file;
  char bytes[4];
  printf("%s: ", what);
  if (fd < 0) {
    puts(errno_name(errno));
    return;
  }
  int flags = fcntl(fd, F_GETFL);
  printf("%s, ", flags < 0 ? errno_name(errno) : named(flags));
  printf("F_GETFD %d, ", fcntl(fd, F_GETFD));
  printf("fstat %d, ", fstat(fd, &file));
  printf("read %s, ", read(fd, bytes, 1) < 0 ? errno_name(errno) : "0");
  printf("write %s\n", write(fd, "x", 1) < 0 ? errno_name(errno) : "0");
  close(fd);
}

static const char *in_place(const char *name) {
  static char path[600];
  snprintf(path, sizeof path, "%s/%s", place, name);
  return path;
}

#define OPEN(name, flags) describe(name " " #flags, open(in_place(name), flags, 0644))

static void numbers(void) {
  printf("%o %o %o %o %o %o %o %o %o\n", O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC, O_APPEND,
         O_NONBLOCK);
  int all[] = {O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_APPEND, O_NONBLOCK, O_ASYNC, O_DIRECT, O_NOFOLLOW, O_CLOEXEC,
               O_NOATIME, O_PATH, O_DSYNC, O_DIRECTORY};
  int are_apart = 1;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    for (size_t j = 0; j < i; j++) are_apart &= (all[i] & all[j]) == 0 && all[i] != 0;
  say_whether("each has a bit of its own", are_apart);
  say_whether("O_SYNC has that of O_DSYNC", (O_SYNC & O_DSYNC) == O_DSYNC && O_SYNC == O_RSYNC);
  say_whether("O_NDELAY", O_NDELAY == O_NONBLOCK);
  switch (O_RDWR) { /* they are constants, as programs use them */
    case O_RDONLY: puts("O_RDONLY"); break;
    case O_WRONLY: puts("O_WRONLY"); break;
    case O_RDWR: puts("O_RDWR"); break;
  }
}

static void plain(void) {
  OPEN("new", O_CREAT | O_EXCL);
  OPEN("new", O_CREAT | O_EXCL);
  OPEN("new", 0);
  OPEN("new", O_RDONLY);
  OPEN("new", O_WRONLY);
  OPEN("new", O_RDWR);
  OPEN("new", O_NONBLOCK);
  OPEN("new", O_CLOEXEC);
  OPEN("new", O_NOCTTY);
  OPEN("new", O_NOFOLLOW);
  OPEN("new", O_APPEND);
  OPEN("new", O_RDWR | O_APPEND | O_NONBLOCK);
  OPEN("new", O_WRONLY | O_SYNC);
  OPEN("new", O_WRONLY | O_DSYNC);
  OPEN("new", O_RDWR | O_RSYNC);
  OPEN("new", O_WRONLY | O_TRUNC);
  OPEN("new", O_EXCL);
  OPEN("new", O_DIRECTORY);
  OPEN("missing", 0);
  OPEN("missing", O_DIRECTORY);
  OPEN("missing/new", O_CREAT);
  OPEN("new/below", 0);
  OPEN("new/", 0);
  OPEN("created", O_CREAT);
  OPEN("created by both", O_CREAT | O_RDWR | O_CLOEXEC);
  describe("creat", creat(in_place("by creat"), 0644));
  describe("openat", openat(AT_FDCWD, in_place("new"), O_RDONLY));
}

static void directories(void) {
  MUST(mkdir(in_place("directory"), 0755));
  OPEN("directory", 0);
  OPEN("directory", O_DIRECTORY);
  OPEN("directory", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  OPEN("directory", O_WRONLY);
  OPEN("directory", O_RDWR);
  OPEN("directory", O_CREAT);
  OPEN("directory", O_CREAT | O_EXCL);
  OPEN("directory", O_TRUNC | O_RDWR);
  OPEN("directory/", 0);
  OPEN("directory/.", O_DIRECTORY);
  int directory = MUST(open(in_place("directory"), O_RDONLY | O_DIRECTORY));
  describe("openat to create", openat(directory, "inside", O_CREAT | O_EXCL | O_WRONLY, 0600));
  describe("openat", openat(directory, "inside", 0));
  describe("openat absolute", openat(directory, in_place("new"), 0));
  describe("openat nothing", openat(directory, "nothing", 0));
  describe("openat a file", openat(99, "inside", 0));
  int file = MUST(open(in_place("new"), 0));
  describe("openat below a file", openat(file, "inside", 0));
  close(file), close(directory);
}

static void links(void) {
  MUST(symlink("new", in_place("link")));
  MUST(symlink("directory", in_place("to directory")));
  MUST(symlink("missing", in_place("dangling")));
  OPEN("link", 0);
  OPEN("link", O_NOFOLLOW);
  OPEN("link", O_NOFOLLOW | O_WRONLY);
  OPEN("link", O_CREAT | O_EXCL);
  OPEN("dangling", 0);
  OPEN("dangling", O_CREAT | O_EXCL);
  OPEN("to directory", O_DIRECTORY);
  OPEN("to directory", O_DIRECTORY | O_NOFOLLOW);
  OPEN("to directory/", O_NOFOLLOW);
}

static void only_named(void) {
  struct stat file;
  OPEN("new", O_PATH);
  OPEN("new", O_PATH | O_CLOEXEC);
  OPEN("new", O_PATH | O_RDWR | O_TRUNC);
  OPEN("directory", O_PATH | O_DIRECTORY);
  OPEN("new", O_PATH | O_DIRECTORY);
  OPEN("missing", O_PATH);
  int directory = MUST(open(in_place("directory"), O_PATH | O_DIRECTORY));
  say("fstatat", fstatat(directory, "inside", &file, 0));
  describe("openat", openat(directory, "inside", O_RDONLY));
  say("fchdir", fchdir(directory));
  say("stat", stat("inside", &file));
  say("chdir", chdir(place));
  close(directory);
}

static int entries(const char *path) {
  DIR *stream = opendir(path);
  int count = 0;
  while (stream && readdir(stream)) count++;
  if (stream) closedir(stream);
  return count;
}

static void nameless(void) {
  char bytes[8] = "";
  int before = entries(in_place("directory"));
  int fd = say_fd("O_TMPFILE", open(in_place("directory"), O_TMPFILE | O_RDWR, 0600));
  say("write", write(fd, "hello", 5));
  say("pread", pread(fd, bytes, 5, 0));
  puts(bytes);
  printf("%d more entries\n", entries(in_place("directory")) - before);
  struct stat file;
  say("fstat", fstat(fd, &file));
  printf("size %d\n", (int)file.st_size);
  close(fd);
  describe("O_TMPFILE|O_WRONLY", open(in_place("directory"), O_TMPFILE | O_WRONLY, 0600));
  describe("O_TMPFILE|O_RDONLY", open(in_place("directory"), O_TMPFILE | O_RDONLY, 0600));
  describe("O_TMPFILE in a file", open(in_place("new"), O_TMPFILE | O_RDWR, 0600));
  describe("O_TMPFILE nowhere", open(in_place("missing"), O_TMPFILE | O_RDWR, 0600));
}

static void changed(void) {
  int fd = MUST(open(in_place("new"), O_RDWR | O_SYNC)), ends[2];
  say("set APPEND", fcntl(fd, F_SETFL, O_APPEND));
  puts(named(fcntl(fd, F_GETFL)));
  say("set NONBLOCK", fcntl(fd, F_SETFL, O_NONBLOCK));
  puts(named(fcntl(fd, F_GETFL)));
  say("set what cannot be set", fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_TRUNC | O_EXCL));
  puts(named(fcntl(fd, F_GETFL)));
  say("set CLOEXEC", fcntl(fd, F_SETFD, FD_CLOEXEC));
  printf("%d\n", fcntl(fd, F_GETFD));
  MUST(pipe(ends));
  puts(named(fcntl(ends[0], F_GETFL)));
  puts(named(fcntl(ends[1], F_GETFL)));
  say("set NONBLOCK", fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK));
  puts(named(fcntl(ends[0], F_GETFL)));
  say("read", read(ends[0], ends, 1));
  int socket_of = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  printf("%s %d\n", named(fcntl(socket_of, F_GETFL)), fcntl(socket_of, F_GETFD));
  say("clear", fcntl(socket_of, F_SETFL, 0));
  puts(named(fcntl(socket_of, F_GETFL)));
  MUST(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  printf("%s %d\n", named(fcntl(ends[1], F_GETFL)), fcntl(ends[1], F_GETFD));
  say("dup3", dup3(ends[1], 40, O_CLOEXEC));
  printf("%d\n", fcntl(40, F_GETFD));
  FILE *stream = fdopen(fd, "a+");
  fputs("appended", stream);
  fflush(stream);
  say_whether("fdopen appends", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
  fclose(stream);
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  snprintf(place, sizeof place, "%s", argv[1]);
  umask(022);
  numbers();
  plain();
  directories();
  links();
  only_named();
  nameless();
  changed();
  return 0;
}
