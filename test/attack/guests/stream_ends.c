/* Reads its input and writes its output until either fails, and says on standard error how each ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char buffer[4096];
  ssize_t count = 0, total = 0;
  int forever = argc > 1 && strcmp(argv[1], "forever") == 0;
  while ((count = read(0, buffer, sizeof buffer)) > 0) total += count;
  fprintf(stderr, "read %zd, then %s\n", total, count == 0 ? "end" : strerror(errno));
  memset(buffer, 'x', sizeof buffer);
  for (int piece = 0; piece < 200; piece++)
    if (write(1, buffer, sizeof buffer) < 0) {
      fprintf(stderr, "write: %s\n", strerror(errno));
      break;
    }
  while (forever) write(1, buffer, 1);
  return 3;
}
