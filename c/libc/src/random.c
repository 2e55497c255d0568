/* getrandom(2) of the host's randomness, which never blocks. */
#include <errno.h>
#include <sys/random.h>
#include <wasi/api.h>

#include "result.h"

/* A read of more is cut, as Linux does: 32 MiB less one byte. */
enum { MOST = 0x1ffffff };

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  if (flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) return result(-EINVAL);
  if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE)) return result(-EINVAL);
  if (length > MOST) length = MOST;
  __wasi_errno_t error = __wasi_random_get(buffer, length);
  return error ? result(-error) : (ssize_t)length;
}
