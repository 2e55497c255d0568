/* select among descriptors beyond FD_SETSIZE, in sets that have room for them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

enum { SETS = 4, HIGH = 3000 };

int main(void) {
  int ends[2];
  fd_set *reads = calloc(SETS, sizeof(fd_set)), *writes = calloc(SETS, sizeof(fd_set));
  struct timeval now = {0, 0}, soon = {20, 0};
  if (pipe(ends) < 0 || dup2(ends[0], HIGH) < 0 || dup2(ends[1], HIGH + 1) < 0) return 1;
  FD_SET(HIGH, reads);
  FD_SET(HIGH + 1, writes);
  printf("%d", select(HIGH + 2, reads, writes, NULL, &now));
  printf(" %d %d\n", FD_ISSET(HIGH, reads), FD_ISSET(HIGH + 1, writes));
  write(HIGH + 1, "x", 1);
  FD_SET(HIGH, reads);
  FD_SET(HIGH + 1, writes);
  printf("%d", select(HIGH + 2, reads, writes, NULL, &soon));
  printf(" %d %d\n", FD_ISSET(HIGH, reads), FD_ISSET(HIGH + 1, writes));
  FD_ZERO(writes);
  printf("%d\n", select(1 << 20, writes, NULL, NULL, &now));
  return 0;
}
