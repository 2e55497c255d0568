/* Pipes: bytes in order, EOF when the last writer goes, EPIPE and SIGPIPE when the last reader goes, and their room. */
#include "say.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

static char text[64];

static void say_read(const char *what, int fd, size_t room) {
  ssize_t length = read(fd, text, room);
  if (length < 0) return say(what, length);
  printf("%s: %zd \"%.*s\"\n", what, length, (int)length, text);
}

static void say_unread(const char *what, int fd) {
  int count = -1;
  int result = ioctl(fd, FIONREAD, &count);
  if (result < 0) return say(what, result);
  printf("%s: %d bytes to read\n", what, count);
}

static const char *access_of(int fd) {
  int access = fcntl(fd, F_GETFL) & O_ACCMODE;
  return access == O_RDONLY ? "to read" : access == O_WRONLY ? "to write" : access == O_RDWR ? "both" : "?";
}

static void ends(void) {
  int ends[2], next;
  struct stat file;
  puts("-- ends");
  say("pipe", pipe(ends));
  next = MUST(dup(0));
  say_whether("the lowest numbers, the reader first", ends[1] == ends[0] + 1 && next == ends[1] + 1);
  close(next);
  printf("the reader is %s, the writer %s\n", access_of(ends[0]), access_of(ends[1]));
  say_whether("neither is close-on-exec", fcntl(ends[0], F_GETFD) == 0 && fcntl(ends[1], F_GETFD) == 0);
  say("fstat", fstat(ends[0], &file));
  say_whether("no socket, no file", !S_ISSOCK(file.st_mode) && !S_ISREG(file.st_mode));
  say_whether("isatty", isatty(ends[0]));
  say("read from the writer", read(ends[1], text, 1));
  say("write to the reader", write(ends[0], "x", 1));
  say("lseek", lseek(ends[0], 0, SEEK_SET));
  say("recv", recv(ends[0], text, 1, 0));
  say("send", send(ends[1], text, 1, 0));
  say("getsockname", getsockname(ends[0], any(text), &(socklen_t){sizeof text}));
  say("listen", listen(ends[1], 1));
  close(ends[0]);
  close(ends[1]);
}

static void bytes(void) {
  int ends[2];
  struct iovec parts[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
  puts("-- bytes");
  MUST(pipe(ends));
  say_ready("the reader of an empty one", ends[0]);
  say_ready("its writer", ends[1]);
  say("write", write(ends[1], "hello ", 6));
  say("writev", writev(ends[1], parts, 3));
  say_ready("the reader", ends[0]);
  say_unread("FIONREAD", ends[0]);
  say_unread("FIONREAD of the writer", ends[1]);
  say_read("read", ends[0], 8);
  say_read("the rest", ends[0], sizeof text);
  say("write of nothing", write(ends[1], "", 0));
  say_ready("the reader", ends[0]);
  say("write", write(ends[1], "last", 4));
  say("close of the writer", close(ends[1]));
  say_ready("the reader", ends[0]);
  say_read("read", ends[0], sizeof text);
  say_ready("the reader", ends[0]);
  say_read("read at the end", ends[0], sizeof text);
  say_read("and again", ends[0], sizeof text);
  say_unread("FIONREAD", ends[0]);
  close(ends[0]);
}

static int delivered;
static void on_pipe(int signal) { delivered += signal == SIGPIPE; }

static void no_reader(void) {
  int ends[2];
  puts("-- nobody reads");
  MUST(pipe(ends));
  MUST(write(ends[1], "unread", 6));
  MUST(close(ends[0]));
  say_ready("the writer", ends[1]);
  say("write", write(ends[1], "x", 1));
  say("write of nothing", write(ends[1], "", 0));
  signal(SIGPIPE, on_pipe);
  say("write with a handler for SIGPIPE", write(ends[1], "x", 1));
  printf("delivered %d times\n", delivered);
  signal(SIGPIPE, SIG_IGN);
  say("write", write(ends[1], "x", 1));
  printf("delivered %d times\n", delivered);
  close(ends[1]);
}

static void room(void) {
  static char block[65536], into[65536];
  int ends[2];
  long total = 0;
  puts("-- room");
  say("pipe2, O_NONBLOCK", pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  say_whether("both are non-blocking", fcntl(ends[0], F_GETFL) & fcntl(ends[1], F_GETFL) & O_NONBLOCK);
  say_whether("both are close-on-exec", fcntl(ends[0], F_GETFD) & fcntl(ends[1], F_GETFD) & FD_CLOEXEC);
  say_read("read of an empty one", ends[0], 1);
  for (ssize_t length; (length = write(ends[1], block, 4096)) > 0;) total += length;
  say("write to a full one", write(ends[1], "x", 1));
  printf("it holds %ld\n", total);
  say_ready("the writer", ends[1]);
  say_unread("FIONREAD", ends[0]);
  say("read of 4095", read(ends[0], into, 4095));
  say("write of 4097, which is more than is free", write(ends[1], block, 4097));
  say("read of all", read(ends[0], into, sizeof into));
  say("write of 65536", write(ends[1], block, sizeof block));
  say("pipe2, nonsense", pipe2(ends, O_NONBLOCK | O_APPEND));
}

static void copies(void) {
  int ends[2];
  puts("-- copies");
  MUST(pipe(ends));
  int writer = MUST(dup(ends[1]));
  MUST(close(ends[1]));
  say_ready("a copy of the writer is left", ends[0]);
  say("write through it", write(writer, "copy", 4));
  int reader = MUST(dup(ends[0]));
  MUST(close(ends[0]));
  say_read("read through a copy of the reader", reader, sizeof text);
  MUST(fcntl(reader, F_SETFL, O_NONBLOCK));
  say_read("read, non-blocking", reader, 1);
  MUST(close(writer));
  say_read("the end", reader, 1);
  close(reader);
}

int main(void) {
  begin();
  ends();
  bytes();
  no_reader();
  room();
  copies();
  return 0;
}
