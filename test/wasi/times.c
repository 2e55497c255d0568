/* Times to the nanosecond. */
#include "say.h"

int main(void) {
  const uint64_t S = 1000000000ull, at = 1700000000 * S;
  __wasi_filestat_t stat;
  make("f", "");
  const uint64_t parts[] = {0, 5 * S / 10, 123 * S / 1000, 123456 * S / 1000000, 123456789};
  const char *const names[] = {"seconds", "half a second", "milliseconds", "microseconds", "nanoseconds"};
  for (int i = 0; i < 5; i++) {
    (void)!__wasi_path_filestat_set_times(ROOT, 0, "f", 0, at + parts[i], 4);
    (void)!__wasi_path_filestat_get(ROOT, 0, "f", &stat);
    printf("%s: %s\n", names[i], stat.mtim == at + parts[i] ? "as set" : "rounded");
  }
}
