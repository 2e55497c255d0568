/* What programs do wrong: closing twice, polling what is closed, too many descriptors, wrong flags, pointers to
 * nothing. */
#include "say.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/uio.h>

static char text[64];
static struct pollfd many[2000];

static void closed(void) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), value = 0;
  puts("-- closed");
  say("close", close(fd));
  say("close again", close(fd));
  say("close of -1", close(-1));
  say("close of 5000", close(5000));
  say("read", read(fd, text, 1));
  say("write", write(fd, text, 1));
  say("recv", recv(fd, text, 1, 0));
  say("listen", listen(fd, 1));
  say("F_GETFL", fcntl(fd, F_GETFL));
  say("F_SETFL", fcntl(fd, F_SETFL, O_NONBLOCK));
  say("F_GETFD", fcntl(fd, F_GETFD));
  say("FIONREAD", ioctl(fd, FIONREAD, &value));
  say("fsync", fsync(fd));
  say_ready("poll", fd);
}

static void many_descriptors(void) {
  puts("-- 2000 descriptors to poll");
  for (int i = 0; i < 2000; i++) many[i] = (struct pollfd){.fd = -1, .events = POLLIN};
  say("poll of 2000", poll(many, 2000, 0));
  say("poll of 1025", poll(many, 1025, 0));
  say("poll of 1024, none of them open", poll(many, 1024, 0));
  for (int i = 0; i < 1024; i++) many[i].fd = 500 + i;
  say("poll of 1024 closed ones", poll(many, 1024, 0));
  for (int i = 0; i < 1024; i++) many[i].fd = STDOUT_FILENO;
  for (int i = 0; i < 1024; i++) many[i].events = POLLOUT;
  say("poll of the same 1024 times", poll(many, 1024, 0));
}

static void exhausted(void) {
  int ends[2] = {-1, -1}, count = 0, fds[1100];
  puts("-- the table is full");
  while (count < 1100 && (fds[count] = dup(STDIN_FILENO)) >= 0) count++;
  say("dup at last", fds[count]);
  say_whether("as many as the limit says", count > 1000 && fds[count - 1] == 1023);
  say("pipe", pipe(ends));
  say_whether("which touched nothing", ends[0] == -1 && ends[1] == -1);
  say("F_DUPFD", fcntl(0, F_DUPFD, 10));
  say("one is closed", close(fds[--count]));
  say("pipe needs two", pipe(ends));
  say_whether("dup2 over an open one needs none", dup2(STDIN_FILENO, fds[0]) == fds[0]);
  say("another is closed", close(fds[--count]));
  say("pipe", pipe(ends));
  close(ends[0]);
  close(ends[1]);
  while (count > 0) close(fds[--count]);
}

static void flags(void) {
  int client, server;
  struct iovec wrong = {text, sizeof text};
  puts("-- wrong arguments");
  connected(&client, &server);
  say("fcntl with an unknown command", fcntl(client, 9999, 0));
  say("ioctl with an unknown request", ioctl(client, 0x1234, text));
  say("shutdown with 7", shutdown(client, 7));
  say("readv with -1", readv(client, &wrong, -1));
  say("writev with 1025", writev(client, &wrong, 1025));
  say("readv with 0", readv(client, &wrong, 0));
  say("write of nothing", write(client, text, 0));
  say("socket with flags that are none", socket(AF_INET, SOCK_STREAM | 0x100000, 0));
  say("lseek", lseek(client, 0, SEEK_SET));
  say("pread", pread(client, text, 1, 0));
  say("pwrite", pwrite(client, text, 1, 0));
  say("ftruncate", ftruncate(client, 0));
  say("ttyname", ttyname(client) ? 0 : -1);
  close(client);
  close(server);
}

int main(void) {
  begin();
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 1024, .rlim_max = 1024});
  closed();
  many_descriptors();
  exhausted();
  flags();
  return 0;
}
