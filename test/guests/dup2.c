/* dup2, dup3 and F_DUPFD: over sockets, files and the standard descriptors, onto themselves, and out of range. */
#include "say.h"

#include <sys/resource.h>

static char text[64];

static int closes_on_exec(int fd) { return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

static void over_a_socket(void) {
  int pair[2], other[2];
  puts("-- over a socket");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, other));
  say_whether("dup2 answers the new number", dup2(pair[0], other[0]) == other[0]);
  await(other[1], POLLIN);
  say("what was there is closed: its peer reads", read(other[1], text, sizeof text));
  say("write through the new number", write(other[0], "new", 3));
  say("read", read(pair[1], text, sizeof text));
  say("close of the old number", close(pair[0]));
  say_ready("the peer notices nothing", pair[1]);
  say("write", write(other[0], "still", 5));
  say("read", read(pair[1], text, sizeof text));
  say("close of the new one", close(other[0]));
  await(pair[1], POLLIN);
  say("read", read(pair[1], text, sizeof text));
  close(pair[1]);
  close(other[1]);
}

static void onto_itself(void) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  puts("-- onto itself");
  say_whether("dup2 answers the number", dup2(fd, fd) == fd);
  say_whether("and leaves close-on-exec", closes_on_exec(fd));
  say("dup3", dup3(fd, fd, 0));
  say("dup3, O_CLOEXEC", dup3(fd, fd, O_CLOEXEC));
  close(fd);
  say("dup2 when closed", dup2(fd, fd));
  say("dup3 when closed", dup3(fd, fd, 0));
}

static void numbers(void) {
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  struct rlimit limit;
  puts("-- numbers");
  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  say("dup2 of a closed one", dup2(77, 78));
  say("dup2 to a negative one", dup2(fd, -1));
  say("dup2 to the limit", dup2(fd, (int)limit.rlim_cur));
  say_whether("dup2 to one below it", dup2(fd, (int)limit.rlim_cur - 1) == (int)limit.rlim_cur - 1);
  say("close", close((int)limit.rlim_cur - 1));
  say_whether("dup2 to 100", dup2(fd, 100) == 100);
  say_whether("the next is still the lowest", MUST(dup(fd)) == fd + 1);
  say("close of both", close(fd + 1) + close(100));
  say_whether("F_DUPFD from 50", fcntl(fd, F_DUPFD, 50) == 50);
  say_whether("again", fcntl(fd, F_DUPFD, 50) == 51);
  say_whether("F_DUPFD_CLOEXEC", fcntl(fd, F_DUPFD_CLOEXEC, 50) == 52);
  say_whether("only that is close-on-exec", !closes_on_exec(fd) && !closes_on_exec(51) && closes_on_exec(52));
  say("F_DUPFD from -1", fcntl(fd, F_DUPFD, -1));
  say("F_DUPFD from the limit", fcntl(fd, F_DUPFD, (int)limit.rlim_cur));
  say("F_DUPFD of a closed one", fcntl(99, F_DUPFD, 0));
  say_whether("dup3 with O_CLOEXEC", dup3(fd, 53, O_CLOEXEC) == 53 && closes_on_exec(53));
  say_whether("dup2 is without", dup2(53, 54) == 54 && !closes_on_exec(54));
  say("dup3 with nonsense", dup3(fd, 55, O_NONBLOCK));
  say("F_SETFD", fcntl(54, F_SETFD, FD_CLOEXEC));
  say_whether("it is set", closes_on_exec(54));
  for (int i = 50; i < 55; i++) MUST(close(i));
  close(fd);
}

/* Standard output becomes a pipe and comes back; so does standard input. */
static void over_stdio(void) {
  int ends[2], out, in;
  puts("-- over standard output");
  fflush(stdout);
  MUST(pipe(ends));
  out = MUST(dup(STDOUT_FILENO));
  MUST(dup2(ends[1], STDOUT_FILENO));
  printf("printed into the pipe");
  fflush(stdout);
  MUST(dup2(out, STDOUT_FILENO));
  MUST(close(out));
  MUST(close(ends[1]));
  memset(text, 0, sizeof text);
  say("read", read(ends[0], text, sizeof text));
  puts(text);
  say("the end", read(ends[0], text, sizeof text));
  close(ends[0]);

  puts("-- over standard input");
  MUST(pipe(ends));
  in = MUST(dup(STDIN_FILENO));
  MUST(dup2(ends[0], STDIN_FILENO));
  MUST(close(ends[0]));
  MUST(write(ends[1], "a line\nanother\n", 15));
  say_ready("stdin", STDIN_FILENO);
  say_whether("fgets", fgets(text, sizeof text, stdin) && strcmp(text, "a line\n") == 0);
  MUST(close(ends[1]));
  say_whether("fgets", fgets(text, sizeof text, stdin) && strcmp(text, "another\n") == 0);
  say_whether("fgets at the end", fgets(text, sizeof text, stdin) == NULL && feof(stdin));
  MUST(dup2(in, STDIN_FILENO));
  MUST(close(in));

  puts("-- over standard error");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  out = MUST(dup(STDERR_FILENO));
  MUST(dup2(ends[1], STDERR_FILENO));
  fprintf(stderr, "%d bottles", 99);
  memset(text, 0, sizeof text);
  say("recv", recv(ends[0], text, sizeof text, 0));
  puts(text);
  MUST(dup2(out, STDERR_FILENO));
  close(out);
  close(ends[0]);
  close(ends[1]);
}

static void closed_stdin(void) {
  puts("-- a standard descriptor is closed");
  int in = MUST(dup(STDIN_FILENO));
  MUST(close(STDIN_FILENO));
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("the next socket is", fd);
  say_ready("it", fd);
  say("close", close(fd));
  MUST(dup2(in, STDIN_FILENO));
  close(in);
}

int main(void) {
  begin();
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 1024, .rlim_max = 1024});
  over_a_socket();
  onto_itself();
  numbers();
  over_stdio();
  closed_stdin();
  return 0;
}
