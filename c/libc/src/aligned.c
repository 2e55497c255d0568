/* The older names of aligned_alloc. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

/* An alignment that is no power of two counts as the next one, as in glibc. */
void *memalign(size_t alignment, size_t size) {
  void *memory;
  size_t power = sizeof(void *);
  while (power < alignment && power <= (size_t)-1 / 2) power *= 2;
  int error = posix_memalign(&memory, power, size);
  if (error) errno = error;
  return error ? NULL : memory;
}

void *valloc(size_t size) { return memalign((size_t)getpagesize(), size); }
