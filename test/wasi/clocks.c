/* The clocks: which there are, and that they go on. */
#include "say.h"

int main(void) {
  static const char *const names[] = {"realtime", "monotonic", "process", "thread", "number 4", "number -1"};
  static const __wasi_clockid_t ids[] = {0, 1, 2, 3, 4, (__wasi_clockid_t)-1};
  for (int i = 0; i < 6; i++) {
    __wasi_timestamp_t resolution = 0, first = 0, second = 0;
    printf("clock_res_get %s: %s\n", names[i], name_of(__wasi_clock_res_get(ids[i], &resolution)));
    printf("clock_time_get %s: %s\n", names[i], name_of(__wasi_clock_time_get(ids[i], 1, &first)));
    (void)!__wasi_clock_time_get(ids[i], 0, &second);
    if (i < 4)
      printf("  a resolution: %s, goes on: %s\n", resolution > 0 && resolution <= 1000000000 ? "yes" : "no",
             second >= first && first > 0 ? "yes" : "no");
  }
  __wasi_timestamp_t now = 0;
  (void)!__wasi_clock_time_get(0, 0, &now);
  printf("realtime is after 2020: %s\n", now > 1577836800ull * 1000000000ull ? "yes" : "no");
}
