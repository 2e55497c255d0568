/* Opens, reads or writes a FIFO, as the arguments say: a path, what to do, and perhaps how. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int failed(const char *what) {
  printf("%s: %s\n", what, errno == ENXIO ? "ENXIO" : errno == EAGAIN ? "EAGAIN" : errno == EPIPE ? "EPIPE" : strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  static char data[300000];
  int how = argc > 3 && strcmp(argv[3], "nonblock") == 0 ? O_NONBLOCK : 0;
  int writes = strcmp(argv[2], "write") == 0;
  int fd = open(argv[1], (strcmp(argv[2], "both") == 0 ? O_RDWR : writes ? O_WRONLY : O_RDONLY) | how);
  if (fd < 0) return failed("open");
  puts("opened");
  if (writes) {
    memset(data, 'x', sizeof data);
    ssize_t sent = write(fd, data, how ? 5 : sizeof data);
    if (sent < 0) return failed("write");
    printf("wrote %d\n", (int)sent);
    return 0;
  }
  int total = 0;
  ssize_t n;
  while ((n = read(fd, data, 1000)) > 0) {
    if (total == 0) printf("begins %.5s\n", data);
    total += n;
  }
  if (n < 0) return failed("read");
  printf("read %d\n", total);
  return 0;
}
