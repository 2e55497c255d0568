/* Files and sockets share one table of descriptors: numbers, read, write, close, dup2 and poll do not mind which is which. */
#include "say.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

static char path[256];

static void contents(const char *what, int fd) {
  char text[32] = "";
  ssize_t length = read(fd, text, sizeof text - 1);
  if (length < 0) say(what, -1);
  else printf("%s: %zd \"%s\"\n", what, length, text);
}

static int opened(int flags) {
  return MUST(open(path, flags, 0644));
}

static void numbers(void) {
  int ends[2];
  puts("-- numbers");
  const int file = opened(O_RDWR | O_CREAT | O_TRUNC);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  const int other = opened(O_RDONLY);
  say_whether("none is the same", file != ends[0] && file != ends[1] && file != other && ends[1] != other);
  close(ends[0]);
  const int again = opened(O_RDONLY);
  say_whether("the lowest free number is next, whatever was there", again == ends[0]);
  close(again);
  close(ends[1]);
  close(other);
  close(file);
}

static void both(void) {
  int ends[2];
  puts("-- read and write");
  const int file = opened(O_RDWR | O_CREAT | O_TRUNC);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  say("write to the file", write(file, "of the file", 11));
  say("write to the socket", write(ends[0], "of the socket", 13));
  say("seek in the file", lseek(file, 0, SEEK_SET));
  say("seek in the socket", lseek(ends[1], 0, SEEK_SET));
  contents("socket", ends[1]);
  contents("file", file);
  say("close the socket", close(ends[1]));
  contents("a closed socket", ends[1]);
  say("the file is open", lseek(file, 3, SEEK_SET));
  contents("file", file);
  say("close the file", close(file));
  contents("a closed file", file);
  say("the other end is alone", write(ends[0], "x", 1));
  close(ends[0]);
}

static void dup2_over(void) {
  int ends[2];
  puts("-- dup2");
  const int file = opened(O_RDONLY);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  say_whether("a file over a socket", dup2(file, ends[1]) == ends[1]);
  contents("at the socket's number", ends[1]);
  say("its peer is gone", write(ends[0], "x", 1));
  say_whether("a socket over a file", dup2(ends[0], file) == file);
  contents("at the file's number", file);
  say_whether("the file is still open", lseek(ends[1], 0, SEEK_SET) == 0);
  close(file);
  close(ends[0]);
  close(ends[1]);
}

static void polled(void) {
  int ends[2];
  puts("-- poll");
  const int file = opened(O_RDONLY);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  struct pollfd all[] = {{file, POLLIN, 0}, {ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
  say("ready", poll(all, 3, 0));
  say_whether("the file", all[0].revents == POLLIN);
  say_whether("the socket without data", all[1].revents == 0);
  say_whether("the socket with room", all[2].revents == POLLOUT);
  close(file);
  close(ends[0]);
  close(ends[1]);
}

int main(int argc, char **argv) {
  begin();
  snprintf(path, sizeof path, "%s/file", argc > 1 ? argv[1] : ".");
  numbers();
  both();
  dup2_over();
  polled();
  say("remove", unlink(path));
  return 0;
}
