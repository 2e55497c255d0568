/* What a directory's own rights open, what outlives a directory, and what is said of files that were opened for something else. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "say.h"

static void posix(const char *what, int result) {
  printf("%s: %s\n", what, result >= 0 ? "0" : errno == EINVAL ? "EINVAL" : errno == EBADF ? "EBADF" : strerror(errno));
}

int main(void) {
  __wasi_fdstat_t stat;
  __wasi_fd_t itself, inner, file, other;
  (void)!__wasi_path_create_directory(ROOT, "d");
  make("d/f", "contents");
  say("the rights of the directory", __wasi_fd_fdstat_get(ROOT, &stat));
  say("it opens itself by them",
      __wasi_path_open(ROOT, 0, ".", __WASI_OFLAGS_DIRECTORY, stat.fs_rights_base, stat.fs_rights_inheriting, 0, &itself));
  say("and a directory in it",
      __wasi_path_open(itself, 0, "d", __WASI_OFLAGS_DIRECTORY, stat.fs_rights_base, stat.fs_rights_inheriting, 0, &inner));
  say("fd_datasync of that", __wasi_fd_datasync(inner));
  say("a file in that", __wasi_path_open(inner, 0, "f", 0, FILE_RIGHTS, 0, 0, &file));

  say("renumbering to a number that is not open", __wasi_fd_renumber(file, 500));
  say("renumbering from one", __wasi_fd_renumber(500, file));
  say("both", __wasi_fd_renumber(500, 501));
  say("another", __wasi_path_open(inner, 0, "f", 0, FILE_RIGHTS, 0, 0, &other));
  say("renumbering", __wasi_fd_renumber(other, file));
  say("the old number", __wasi_fd_close(other));

  say("closing the directory from the start", __wasi_fd_close(ROOT));
  say("a file below another", __wasi_path_open(inner, 0, "f", 0, FILE_RIGHTS, 0, 0, &other));
  say("making one there", __wasi_path_create_directory(inner, "made"));
  say("by the one that it opened itself", __wasi_path_unlink_file(itself, "d/none"));
  say("putting it back", __wasi_fd_renumber(itself, inner));

  int reads = openat((int)inner, "d/f", O_RDONLY), writes = openat((int)inner, "d/f", O_WRONLY);
  posix("open", reads < writes ? reads : writes);
  posix("ftruncate of what is only read", ftruncate(reads, 1));
  posix("posix_fallocate of it", (errno = posix_fallocate(reads, 0, 1)) ? -1 : 0);
  posix("write to it", write(reads, "x", 1));
  posix("read from what is only written", read(writes, &stat, 1));
  posix("fdatasync of what is only read", fdatasync(reads));
  struct timespec times[2] = {{1000, 5000000}, {2000, 7000000}};
  struct stat found;
  posix("futimens of it", futimens(reads, times));
  posix("fstat", fstat(reads, &found));
  tell("milliseconds", found.st_mtim.tv_sec * 1000 + found.st_mtim.tv_nsec / 1000000);
  int available = -1;
  posix("FIONREAD", ioctl(reads, FIONREAD, &available));
  tell("bytes", available);
  lseek(reads, 5, SEEK_SET);
  posix("FIONREAD behind the fifth", ioctl(reads, FIONREAD, &available));
  tell("bytes", available);
  lseek(reads, 100, SEEK_SET);
  posix("FIONREAD behind the end", ioctl(reads, FIONREAD, &available));
  tell("bytes", available);
  printf("open(\"new/\", O_CREAT): %s\n", openat((int)inner, "new/", O_CREAT | O_WRONLY, 0666) < 0 ? strerror(errno) : "0");
}
