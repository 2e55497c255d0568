/* Writes so many bytes to standard output, 64 KiB at a time. With a second argument, so many lines of that length, one by one. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static char data[65536];
  if (argc < 2) return 2;
  size_t total = strtoul(argv[1], NULL, 10), piece = argc > 2 ? strtoul(argv[2], NULL, 10) : sizeof data;
  memset(data, 'x', sizeof data);
  data[piece - 1] = '\n';
  for (size_t done = 0; done < total;) {
    ssize_t count = write(1, data, piece < total - done ? piece : total - done);
    if (count < 0) return 1;
    done += (size_t)count;
  }
  return 0;
}
