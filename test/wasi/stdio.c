/* The three standard descriptors, with several buffers at once. */
#include "say.h"

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char one[3], two[1], three[64];
  __wasi_iovec_t in[] = {{(uint8_t *)one, 3}, {(uint8_t *)two, 0}, {(uint8_t *)three, 64}};
  __wasi_size_t n = 99;
  say("fd_read into three", __wasi_fd_read(0, in, 3, &n));
  printf("%u bytes: %.3s|%.*s\n", (unsigned)n, one, (int)n - 3, three);
  say("fd_read at the end", __wasi_fd_read(0, in, 1, &n));
  tell("bytes", n);
  say("fd_read into nothing", __wasi_fd_read(0, in, 0, &n));
  tell("bytes", n);
  __wasi_ciovec_t out[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"", 0}, {(const uint8_t *)"bc\n", 3}};
  say("fd_write of three", __wasi_fd_write(1, out, 3, &n));
  tell("bytes", n);
  say("fd_write of none", __wasi_fd_write(1, out, 0, &n));
  tell("bytes", n);
  say("fd_write to standard error", __wasi_fd_write(2, out, 1, &n));
  say("fd_read of standard output", __wasi_fd_read(1, in, 1, &n));
  say("fd_write to standard input", __wasi_fd_write(0, out, 1, &n));
  say("fd_write from outside of memory", __wasi_fd_write(1, (__wasi_ciovec_t *)0xfffffff0, 3, &n));
  for (__wasi_fd_t fd = 0; fd < 3; fd++) {
    __wasi_fdstat_t stat;
    __wasi_filestat_t filestat;
    __wasi_filesize_t at;
    __wasi_prestat_t prestat;
    printf("descriptor %u\n", (unsigned)fd);
    say("  fd_fdstat_get", __wasi_fd_fdstat_get(fd, &stat));
    int isTerminal = stat.fs_filetype == __WASI_FILETYPE_CHARACTER_DEVICE &&
                     (stat.fs_rights_base & (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL)) == 0;
    printf("  isatty: %s\n", isTerminal ? "yes" : "no");
    say("  fd_filestat_get", __wasi_fd_filestat_get(fd, &filestat));
    say("  fd_seek", __wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
    say("  fd_tell", __wasi_fd_tell(fd, &at));
    say("  fd_pread", __wasi_fd_pread(fd, in, 1, 0, &n));
    say("  fd_allocate", __wasi_fd_allocate(fd, 0, 1));
    say("  fd_prestat_get", __wasi_fd_prestat_get(fd, &prestat));
    say("  path_create_directory", __wasi_path_create_directory(fd, "x"));
  }
}
