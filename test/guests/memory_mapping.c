/* <sys/mman.h>: memory and files by mmap, and the calls about them. */
#include "say.h"

#include <sys/mman.h>
#include <sys/stat.h>

static size_t page;

static char *map(const char *what, size_t length, int protection, int flags, int fd, off_t offset) {
  char *start = mmap(NULL, length, protection, flags, fd, offset);
  printf("%s: %s\n", what, start == MAP_FAILED ? errno_name(errno) : "mapped");
  if (start != MAP_FAILED) say_whether("at a page", (size_t)start % page == 0);
  return start;
}

static int file(const char *name, const char *text) {
  int fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0644));
  MUST(write(fd, text, strlen(text)));
  return fd;
}

static void contents(const char *what, int fd) {
  char text[64] = "";
  struct stat found;
  MUST(fstat(fd, &found));
  ssize_t got = pread(fd, text, sizeof text - 1, 0);
  printf("%s: %d bytes, \"%.*s\"\n", what, (int)found.st_size, (int)got, text);
}

static int is_zero(const char *start, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (start[i]) return 0;
  return 1;
}

static void anonymous(void) {
  char *one = map("anonymous memory", 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say_whether("zero", is_zero(one, 3 * page));
  memset(one, 'x', 3 * page);
  say("MADV_DONTNEED of the second page", madvise(one + page, page, MADV_DONTNEED));
  say_whether("the second is zero", is_zero(one + page, page));
  say_whether("the others are not", one[page - 1] == 'x' && one[2 * page] == 'x');
  say("MADV_WILLNEED", madvise(one, page, MADV_WILLNEED));
  say("unknown advice", madvise(one, page, 12345));
  say("advice within a page", madvise(one + 1, page, MADV_NORMAL));
  printf("posix_madvise: %d, unknown: %s\n", posix_madvise(one, page, POSIX_MADV_RANDOM),
         errno_name(posix_madvise(one, page, 99)));
  say("mlock", mlock(one, page));
  say("munlock", munlock(one, page));
  say("mlock2, unknown flags", mlock2(one, page, 0x80));
  say("mlockall of nothing", mlockall(0));
  say("mlockall, unknown flags", mlockall(0x80));
  say("munlockall", munlockall());
  unsigned char there[3] = {0};
  say("mincore", mincore(one, 3 * page, there));
  say_whether("the first is there", there[0] & 1);
  say("mincore within a page", mincore(one + 1, page, there));
  say("mprotect", mprotect(one, page, PROT_READ | PROT_WRITE));
  say("mprotect within a page", mprotect(one + 1, page, PROT_READ));
  say("msync of no file", msync(one, page, MS_SYNC));
  say("msync within a page", msync(one + 1, page, MS_SYNC));
  say("msync, both", msync(one, page, MS_SYNC | MS_ASYNC));
  say("msync, unknown flags", msync(one, page, 0x80));
  say("unmap the middle", munmap(one + page, page));
  one[0] = one[2 * page] = 'y';
  say("unmap all", munmap(one, 3 * page));
  say("again", munmap(one, 3 * page));
  say("unmap within a page", munmap(one + 1, page));
  say("unmap nothing", munmap(one, 0));
}

static void refused(int fd) {
  map("no length", 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  map("neither private nor shared", page, PROT_READ, MAP_ANONYMOUS, -1, 0);
  map("an offset within a page", page, PROT_READ, MAP_PRIVATE, fd, 1);
  map("no descriptor", page, PROT_READ, MAP_PRIVATE, 777, 0);
  map("all of memory", (size_t)-1 - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int pipe_ends[2];
  MUST(pipe(pipe_ends));
  map("a pipe", page, PROT_READ, MAP_PRIVATE, pipe_ends[0], 0);
  int reader = MUST(open("mapped", O_RDONLY)), writer = MUST(open("mapped", O_WRONLY));
  map("shared and written, open to read", page, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0);
  map("open to write", page, PROT_READ, MAP_SHARED, writer, 0);
  char *copy = map("private and written, open to read", page, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0);
  MUST(munmap(copy, page));
  close(reader), close(writer), close(pipe_ends[0]), close(pipe_ends[1]);
}

static void files(void) {
  int fd = file("mapped", "the beginning of it"), next;
  char *own = map("private", page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  printf("it begins \"%.13s\", %s behind the end\n", own, is_zero(own + 19, page - 19) ? "zero" : "something");
  memcpy(own, "THE", 3);
  contents("after a private change", fd);
  MUST(munmap(own, page));
  contents("and unmapping", fd);
  char *shared = map("shared", page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  memcpy(shared, "THE", 3);
  say("msync", msync(shared, page, MS_SYNC));
  contents("after msync", fd);
  memcpy(shared + 4, "BEGINNING", 9);
  shared[30] = '!';
  next = MUST(dup(fd));
  printf("the next descriptor is the next number: %s\n", next == fd + 1 ? "yes" : "no");
  close(next);
  MUST(close(fd));
  MUST(munmap(shared, page));
  fd = MUST(open("mapped", O_RDWR));
  contents("after closing and unmapping", fd);
  refused(fd);
  MUST(ftruncate(fd, 2 * (off_t)page));
  char *second = map("the second page", page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)page);
  strcpy(second, "second");
  MUST(munmap(second, page));
  char text[8] = "";
  pread(fd, text, 6, (off_t)page);
  printf("the second page has \"%s\"\n", text);
  close(fd);
}

static void larger(void) {
  char *one = map("memory to grow", page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(one, "kept");
  char *moved = mremap(one, page, 3 * page, MREMAP_MAYMOVE);
  printf("mremap: %s, \"%s\", %s\n", moved == MAP_FAILED ? errno_name(errno) : "done", moved,
         is_zero(moved + page, 2 * page) ? "zero" : "something");
  char *smaller = mremap(moved, 3 * page, page, 0);
  say_whether("made smaller in its place", smaller == moved);
  say("without a length", mremap(smaller, page, 0, 0) == MAP_FAILED ? -1 : 0);
  MUST(munmap(smaller, page));
}

static void fixed(void) {
  char *room = map("room", 4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *part = mmap(room + page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  say_whether("a part of it, there", part == room + page);
  say_whether("zero", is_zero(part, page));
  strcpy(part, "in the room");
  int fd = MUST(open("mapped", O_RDONLY));
  char *of_file = mmap(room + 2 * page, page, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
  printf("a file there: %s, \"%.13s\"\n", of_file == room + 2 * page ? "yes" : "no", of_file);
  say("fixed within a page", mmap(room + 1, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0);
  close(fd);
  say("unmap all of it", munmap(room, 4 * page));
}

static void names(void) {
  say("shm_open of no name", shm_open("/", O_RDWR, 0));
  say("of a path", shm_open("/one/two", O_RDWR, 0));
  say("shm_unlink of a path", shm_unlink("/one/two"));
}

int main(int count, char **arguments) {
  page = (size_t)sysconf(_SC_PAGESIZE);
  if (count > 1) MUST(chdir(arguments[1]));
  anonymous();
  files();
  larger();
  fixed();
  names();
  return 0;
}
