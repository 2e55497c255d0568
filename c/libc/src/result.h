/* How the imports report failure, turned into how libc does. */
#include <errno.h>
#include <stdint.h>

/* Returns `value`, or sets errno and returns -1 when it is negative. */
static inline int result(int32_t value) {
  if (value >= 0) return value;
  errno = -value;
  return -1;
}
