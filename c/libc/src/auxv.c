/* What Linux would have handed to the program. */
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "result.h"

unsigned long getauxval(unsigned long type) {
  static unsigned char randomness[16];
  static int is_filled;
  switch (type) {
    case AT_PAGESZ: return (unsigned long)getpagesize();
    case AT_CLKTCK: return 100;
    case AT_UID: return getuid();
    case AT_EUID: return geteuid();
    case AT_GID: return getgid();
    case AT_EGID: return getegid();
    case AT_FLAGS:
    case AT_SECURE:
    case AT_HWCAP:
    case AT_HWCAP2: return 0;
    case AT_RANDOM:
      if (!is_filled) getentropy(randomness, sizeof randomness);
      is_filled = 1;
      return (unsigned long)randomness;
    default: result(-ENOENT); return 0;
  }
}
