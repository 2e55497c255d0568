/* fd_readdir, and what else is done to an open directory. */
#include "say.h"

static unsigned char buffer[100000];
static __wasi_fd_t directory;

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Reads a directory with a buffer of `room` bytes, sorted; answers how many there were. */
static int list(const char *what, __wasi_size_t room, int isShown) {
  static char *names[2000];
  int count = 0;
  __wasi_dircookie_t cookie = 0;
  for (;;) {
    __wasi_size_t used = 0, at = 0;
    int error = __wasi_fd_readdir(directory, buffer, room, cookie, &used);
    if (error != 0) {
      say(what, error);
      return -1;
    }
    while (at + sizeof(__wasi_dirent_t) <= used) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, sizeof entry);
      if (at + sizeof entry + entry.d_namlen > used) break;
      char *name = malloc(entry.d_namlen + 8);
      sprintf(name, "%.*s:%d", (int)entry.d_namlen, buffer + at + sizeof entry, entry.d_type);
      names[count++] = name;
      at += sizeof entry + entry.d_namlen;
      cookie = entry.d_next;
    }
    if (used < room) break;
  }
  qsort(names, count, sizeof *names, compare);
  printf("%s: %d entries", what, count);
  for (int i = 0; isShown && i < count; i++) printf(" %s", names[i]);
  printf("\n");
  return count;
}

int main(void) {
  __wasi_rights_t rights = __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_FD_FILESTAT_GET;
  (void)!__wasi_path_create_directory(ROOT, "d");
  say("open", __wasi_path_open(ROOT, 0, "d", __WASI_OFLAGS_DIRECTORY, rights, FILE_RIGHTS, 0, &directory));
  list("empty", 256, 1);
  make("d/file", "f");
  (void)!__wasi_path_create_directory(ROOT, "d/sub");
  (void)!__wasi_path_symlink("none", ROOT, "d/link");
  (void)!__wasi_path_symlink("self", ROOT, "d/self");
  list("with some", 256, 1);
  list("with little room", 40, 1);

  __wasi_filestat_t stat, self;
  __wasi_size_t used;
  __wasi_dirent_t entry;
  (void)!__wasi_path_filestat_get(ROOT, 0, "d/file", &stat);
  (void)!__wasi_fd_filestat_get(directory, &self);
  say("fd_readdir into one entry", __wasi_fd_readdir(directory, buffer, 25, 0, &used));
  memcpy(&entry, buffer, sizeof entry);
  printf("%u bytes: %c, the number of the directory: %s\n", (unsigned)used, buffer[24], entry.d_ino == self.ino ? "yes" : "no");
  say("into less", __wasi_fd_readdir(directory, buffer, 10, 0, &used));
  tell("bytes", used);
  say("into nothing", __wasi_fd_readdir(directory, buffer, 0, 0, &used));
  tell("bytes", used);
  say("from far behind", __wasi_fd_readdir(directory, buffer, 100, 1000, &used));
  tell("bytes", used);

  for (int i = 0; i < 300; i++) {
    char name[32];
    snprintf(name, sizeof name, "d/many-%03d", i);
    make(name, "");
  }
  list("many", sizeof buffer, 0);
  list("many in small pieces", 128, 0);
  /* Removing what was read must not hide what comes after. */
  int removed = 0;
  __wasi_dircookie_t cookie = 0;
  for (;;) {
    if (__wasi_fd_readdir(directory, buffer, 256, cookie, &used) != 0) break;
    __wasi_size_t at = 0;
    while (at + sizeof entry <= used) {
      memcpy(&entry, buffer + at, sizeof entry);
      if (at + sizeof entry + entry.d_namlen > used) break;
      char name[64];
      snprintf(name, sizeof name, "d/%.*s", (int)entry.d_namlen, buffer + at + sizeof entry);
      if (strncmp(name, "d/many", 6) == 0 && __wasi_path_unlink_file(ROOT, name) == 0) removed++;
      at += sizeof entry + entry.d_namlen;
      cookie = entry.d_next;
    }
    if (used < 256) break;
  }
  tell("removed while reading", removed);

  __wasi_filesize_t offset;
  __wasi_size_t n;
  __wasi_iovec_t in = {buffer, 1};
  __wasi_ciovec_t out = {buffer, 1};
  __wasi_fd_t fd;
  say("fd_read of a directory", __wasi_fd_read(directory, &in, 1, &n));
  say("fd_pread", __wasi_fd_pread(directory, &in, 1, 0, &n));
  say("fd_write", __wasi_fd_write(directory, &out, 1, &n));
  say("fd_pwrite", __wasi_fd_pwrite(directory, &out, 1, 0, &n));
  say("fd_seek", __wasi_fd_seek(directory, 0, __WASI_WHENCE_SET, &offset));
  say("fd_tell", __wasi_fd_tell(directory, &offset));
  say("fd_allocate", __wasi_fd_allocate(directory, 0, 1));
  say("fd_filestat_set_size", __wasi_fd_filestat_set_size(directory, 0));
  say("fd_advise", __wasi_fd_advise(directory, 0, 0, 0));
  say("fd_sync", __wasi_fd_sync(directory));
  say("open a file", open_with("d/file", 0, FILE_RIGHTS | __WASI_RIGHTS_FD_READDIR, 0, &fd));
  say("fd_readdir of a file", __wasi_fd_readdir(fd, buffer, 100, 0, &used));
  say("fd_readdir of standard input", __wasi_fd_readdir(0, buffer, 100, 0, &used));
  say("fd_readdir of 99", __wasi_fd_readdir(99, buffer, 100, 0, &used));
}
