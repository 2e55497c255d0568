#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "posix_sockets.h"
#include "result.h"

int gethostname(char *name, size_t length) { return result(wasm_sock_gethostname(name, length)) < 0 ? -1 : 0; }

/* What Linux says where no NIS domain is set. */
int getdomainname(char *name, size_t length) {
  static const char none[] = "(none)";
  if (length < sizeof none) return result(-EINVAL);
  memcpy(name, none, sizeof none);
  return 0;
}

int sethostname(const char *name, size_t length) {
  (void)name, (void)length;
  return result(-EPERM);
}

int setdomainname(const char *name, size_t length) {
  (void)name, (void)length;
  return result(-EPERM);
}
