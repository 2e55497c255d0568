/* mount(2): "EPERM: the caller does not have the required privileges". */
#include <errno.h>
#include <sys/mount.h>

#include "result.h"

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data) {
  (void)source, (void)target, (void)type, (void)flags, (void)data;
  return result(-EPERM);
}

int umount2(const char *target, int flags) {
  (void)target, (void)flags;
  return result(-EPERM);
}

int umount(const char *target) { return umount2(target, 0); }
