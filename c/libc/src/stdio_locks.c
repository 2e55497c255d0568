/* One thread, nothing to lock. */
#include <stdio.h>

void flockfile(FILE *stream) { (void)stream; }
void funlockfile(FILE *stream) { (void)stream; }

int ftrylockfile(FILE *stream) {
  (void)stream;
  return 0;
}
