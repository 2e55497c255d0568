/* Tries everything that might reach another guest of the same process, and says how often it has got through. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;
enum { MOST = 5000 };

static void say(const char *what, long through) { printf("%s: %ld\n", what, through); }

int main(int argc, char **argv) {
  long count = 0;
  char buffer[64];
  struct stat status;
  (void)argv;
  for (char **each = environ; *each; each++) count += strstr(*each, "SECRET") != NULL;
  say("variables", count);
  say("arguments", argc - 1);
  say("open of its file", open("/secret", O_RDONLY) >= 0);
  say("stat of its file", stat("/secret", &status) == 0);
  say("removal of its file", unlink("/secret") == 0);
  DIR *root = opendir("/");
  count = 0;
  for (struct dirent *each; root && (each = readdir(root));) count += strcmp(each->d_name, "secret") == 0;
  if (root) closedir(root);
  say("listing of its file", count);
  /* A directory that is preopened here is not the other's: descriptors from 4 on are free. */
#define EACH(what, call)                                                                                               \
  count = 0;                                                                                                           \
  for (int fd = 4; fd < MOST; fd++) count += (call) >= 0;                                                              \
  say(what, count)
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  int value = 0;
  socklen_t size = sizeof value;
  EACH("getsockname", getsockname(fd, (struct sockaddr *)&name, &length));
  EACH("getpeername", getpeername(fd, (struct sockaddr *)&name, &length));
  EACH("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size));
  EACH("send", send(fd, "intrusion", 9, MSG_DONTWAIT));
  EACH("recv", recv(fd, buffer, sizeof buffer, MSG_DONTWAIT));
  EACH("write", write(fd, "intrusion", 9));
  EACH("read", read(fd, buffer, sizeof buffer));
  EACH("fstat", fstat(fd, &status));
  EACH("fcntl", fcntl(fd, F_GETFL));
  EACH("nonblocking", fcntl(fd, F_SETFL, O_NONBLOCK));
  EACH("available", ioctl(fd, FIONREAD, &value));
  EACH("lseek", lseek(fd, 0, SEEK_SET));
  EACH("ftruncate", ftruncate(fd, 0));
  EACH("shutdown", shutdown(fd, SHUT_RDWR));
  EACH("listen", listen(fd, 1));
  EACH("accept", accept(fd, NULL, NULL));
  EACH("dup", dup(fd));
  EACH("dup2", dup2(fd, 1000));
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  count = 0;
  for (int fd = epoll + 1; fd < MOST; fd++) count += epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
  say("epoll", count);
  count = 0;
  for (int fd = epoll + 1; fd < MOST; fd++) {
    struct pollfd asked = {.fd = fd, .events = POLLIN | POLLOUT};
    count += poll(&asked, 1, 0) == 1 && asked.revents != POLLNVAL;
  }
  say("poll", count);
  close(epoll);
  EACH("close", close(fd));
  return 0;
}
