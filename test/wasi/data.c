/* Reading, writing, sizes, times. */
#include "say.h"

static __wasi_fd_t fd;

static void sizes(const char *what) {
  __wasi_filestat_t stat;
  int error = __wasi_fd_filestat_get(fd, &stat);
  if (error != 0) say(what, error);
  else printf("%s: size %llu, type %d, links %llu\n", what, (unsigned long long)stat.size, stat.filetype,
              (unsigned long long)stat.nlink);
}

static void seek(const char *what, long long offset, int whence) {
  __wasi_filesize_t at = 0;
  int error = __wasi_fd_seek(fd, offset, whence, &at);
  if (error != 0) say(what, error);
  else tell(what, at);
}

static void read_all(const char *what, int isPositioned, long long offset) {
  char one[3], two[40];
  __wasi_iovec_t in[] = {{(uint8_t *)one, 3}, {(uint8_t *)two, 40}};
  __wasi_size_t n = 0;
  int error = isPositioned ? __wasi_fd_pread(fd, in, 2, offset, &n) : __wasi_fd_read(fd, in, 2, &n);
  char all[44] = "";
  for (unsigned i = 0; i < n && i < 43; i++) {
    char byte = i < 3 ? one[i] : two[i - 3];
    all[i] = byte == 0 ? '0' : byte;
  }
  if (error != 0) say(what, error);
  else printf("%s: %u <%s>\n", what, (unsigned)n, all);
}

static void put(const char *what, const char *first, const char *second, long long offset) {
  __wasi_ciovec_t out[] = {{(const uint8_t *)first, strlen(first)}, {(const uint8_t *)second, strlen(second)}};
  __wasi_size_t n = 0;
  int error = offset < 0 ? __wasi_fd_write(fd, out, 2, &n) : __wasi_fd_pwrite(fd, out, 2, offset, &n);
  if (error != 0) say(what, error);
  else tell(what, n);
}

static void times(void) {
  const uint64_t S = 1000000000ull;
  __wasi_filestat_t stat;
  say("fd_filestat_set_times", __wasi_fd_filestat_set_times(fd, 1000 * S, 2000 * S, 1 | 4));
  (void)!__wasi_fd_filestat_get(fd, &stat);
  printf("accessed %llu s, modified %llu s\n", (unsigned long long)(stat.atim / S), (unsigned long long)(stat.mtim / S));
  say("fd_filestat_set_times of one", __wasi_fd_filestat_set_times(fd, 0, 3000 * S, 4));
  say("path_filestat_set_times of the other", __wasi_path_filestat_set_times(ROOT, 0, "data", 4000 * S, 0, 1));
  (void)!__wasi_path_filestat_get(ROOT, 0, "data", &stat);
  printf("accessed %llu s, modified %llu s\n", (unsigned long long)(stat.atim / S), (unsigned long long)(stat.mtim / S));
  say("to now and to a time at once", __wasi_fd_filestat_set_times(fd, 0, 0, 1 | 2));
  say("by path", __wasi_path_filestat_set_times(ROOT, 0, "data", 0, 0, 4 | 8));
  say("to now", __wasi_fd_filestat_set_times(fd, 0, 0, 2 | 8));
  (void)!__wasi_fd_filestat_get(fd, &stat);
  printf("is after 2020: %s\n", stat.mtim > 1577836800 * S && stat.atim > 1577836800 * S ? "yes" : "no");
  say("path_filestat_set_times of what is not there", __wasi_path_filestat_set_times(ROOT, 0, "none", 0, 0, 1));
}

int main(void) {
  say("create", open_with("data", __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, &fd));
  sizes("new");
  put("write", "abc", "defg", -1);
  seek("rewind", 0, __WASI_WHENCE_SET);
  put("write again at the beginning", "A", "B", -1);
  read_all("read from there", 0, 0);
  read_all("pread", 1, 1);
  read_all("pread at the end", 1, 7);
  read_all("pread past the end", 1, 100);
  read_all("pread before the beginning", 1, -1);
  put("pwrite", "x", "yz", 4);
  read_all("pread", 1, 0);
  seek("where it stands", 0, __WASI_WHENCE_CUR);

  seek("from the end", -2, __WASI_WHENCE_END);
  seek("back", -5, __WASI_WHENCE_CUR);
  seek("before the beginning", -1, __WASI_WHENCE_CUR);
  seek("before the beginning, absolute", -1, __WASI_WHENCE_SET);
  seek("a fourth whence", 0, 3);
  seek("far", 0x7fffffffffffffff, __WASI_WHENCE_SET);
  seek("too far", 1, __WASI_WHENCE_CUR);
  seek("past the end", 10, __WASI_WHENCE_SET);
  __wasi_filesize_t at;
  say("fd_tell", __wasi_fd_tell(fd, &at));
  tell("offset", at);
  read_all("read there", 0, 0);
  put("write there", "e", "nd", -1);
  read_all("what is between", 1, 0);

  say("fd_allocate", __wasi_fd_allocate(fd, 10, 10));
  sizes("longer");
  say("fd_allocate inside", __wasi_fd_allocate(fd, 0, 5));
  sizes("as long");
  say("fd_allocate of nothing", __wasi_fd_allocate(fd, 0, 0));
  say("fd_allocate before the beginning", __wasi_fd_allocate(fd, -1, 10));
  say("fd_filestat_set_size smaller", __wasi_fd_filestat_set_size(fd, 3));
  say("fd_filestat_set_size larger", __wasi_fd_filestat_set_size(fd, 6));
  read_all("what is left", 1, 0);
  say("fd_filestat_set_size negative", __wasi_fd_filestat_set_size(fd, -1));
  for (int advice = 0; advice <= 6; advice++)
    printf("fd_advise %d: %s\n", advice, name_of(__wasi_fd_advise(fd, 0, 0, advice)));
  say("fd_advise before the beginning", __wasi_fd_advise(fd, -1, 0, 0));
  say("fd_sync", __wasi_fd_sync(fd));
  say("fd_datasync", __wasi_fd_datasync(fd));
  times();
  say("close", __wasi_fd_close(fd));

  say("open for appending", open_with("data", 0, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &fd));
  put("append", "+", "1", -1);
  seek("rewind", 0, __WASI_WHENCE_SET);
  put("append", "+", "2", -1);
  seek("where it stands", 0, __WASI_WHENCE_CUR);
  say("no longer", __wasi_fd_fdstat_set_flags(fd, 0));
  seek("rewind", 0, __WASI_WHENCE_SET);
  put("write", "<", ">", -1);
  read_all("all of it", 1, 0);
  say("appending again", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  put("append", "+", "3", -1);
  read_all("all of it", 1, 0);
  say("close", __wasi_fd_close(fd));

  say("open for reading", open_with("data", 0, __WASI_RIGHTS_FD_READ, 0, &fd));
  put("write", "n", "o", -1);
  say("fd_filestat_set_size", __wasi_fd_filestat_set_size(fd, 0));
  say("open for writing", open_with("data", 0, __WASI_RIGHTS_FD_WRITE, 0, &fd));
  read_all("read", 0, 0);
  put("write", "y", "es", -1);
  show("it reads", "data");

  static char large[3000000];
  memset(large, 'l', sizeof large);
  __wasi_size_t n = 0;
  __wasi_ciovec_t out[] = {{(const uint8_t *)large, sizeof large}, {(const uint8_t *)"end", 3}};
  say("open a large file", open_with("large", __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, &fd));
  say("write 3 MB", __wasi_fd_write(fd, out, 2, &n));
  tell("bytes", n);
  read_all("its end", 1, 2999999);
  __wasi_iovec_t in = {(uint8_t *)large, sizeof large};
  say("read 3 MB", __wasi_fd_pread(fd, &in, 1, 10, &n));
  tell("bytes", n);
}
