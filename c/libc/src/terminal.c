/* No descriptor is a terminal that could be set or named. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wasi/api.h>

#include "result.h"

static int no_terminal(int fd) {
  __wasi_fdstat_t stat;
  return __wasi_fd_fdstat_get(fd, &stat) ? EBADF : ENOTTY;
}

int tcgetattr(int fd, struct termios *settings) {
  (void)settings;
  return result(-no_terminal(fd));
}

int tcsetattr(int fd, int when, const struct termios *settings) {
  (void)when, (void)settings;
  return result(-no_terminal(fd));
}

int tcsendbreak(int fd, int duration) {
  (void)duration;
  return result(-no_terminal(fd));
}

int tcdrain(int fd) { return result(-no_terminal(fd)); }

int tcflush(int fd, int queue) {
  (void)queue;
  return result(-no_terminal(fd));
}

int tcflow(int fd, int action) {
  (void)action;
  return result(-no_terminal(fd));
}

pid_t tcgetsid(int fd) { return result(-no_terminal(fd)); }
pid_t tcgetpgrp(int fd) { return result(-no_terminal(fd)); }

int tcsetpgrp(int fd, pid_t group) {
  (void)group;
  return result(-no_terminal(fd));
}

int ttyname_r(int fd, char *name, size_t length) {
  (void)name, (void)length;
  return no_terminal(fd);
}

char *ttyname(int fd) {
  result(-no_terminal(fd));
  return NULL;
}

char *ctermid(char *name) {
  static char own[L_ctermid];
  return strcpy(name ? name : own, "/dev/tty");
}

int vhangup(void) { return result(-EPERM); }

speed_t cfgetospeed(const struct termios *settings) { return settings->c_ospeed; }
speed_t cfgetispeed(const struct termios *settings) { return settings->c_ispeed; }

int cfsetospeed(struct termios *settings, speed_t speed) {
  settings->c_ospeed = speed;
  return 0;
}

int cfsetispeed(struct termios *settings, speed_t speed) {
  settings->c_ispeed = speed;
  return 0;
}

int cfsetspeed(struct termios *settings, speed_t speed) {
  settings->c_ospeed = settings->c_ispeed = speed;
  return 0;
}

/* As termios(3) lists it. */
void cfmakeraw(struct termios *settings) {
  settings->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  settings->c_oflag &= ~(tcflag_t)OPOST;
  settings->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  settings->c_cflag = (settings->c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
  settings->c_cc[VMIN] = 1;
  settings->c_cc[VTIME] = 0;
}
