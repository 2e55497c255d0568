/* Arguments, environment, randomness, yielding. */
#include "say.h"

int main(void) {
  __wasi_size_t count, size;
  say("args_sizes_get", __wasi_args_sizes_get(&count, &size));
  printf("%u arguments in %u bytes\n", (unsigned)count, (unsigned)size);
  uint8_t *pointers[8], bytes[256];
  say("args_get", __wasi_args_get(pointers, bytes));
  for (unsigned i = 0; i < count; i++) printf("<%s>\n", (char *)pointers[i]);
  say("environ_sizes_get", __wasi_environ_sizes_get(&count, &size));
  printf("%u variables in %u bytes\n", (unsigned)count, (unsigned)size);
  say("environ_get", __wasi_environ_get(pointers, bytes));
  for (unsigned i = 0; i < count; i++) printf("<%s>\n", (char *)pointers[i]);

  static uint8_t random[200000];
  say("random_get of much", __wasi_random_get(random, sizeof random));
  unsigned filled = 0;
  for (unsigned at = 0; at < sizeof random; at += 100)
    for (unsigned i = 0; i < 100; i++)
      if (random[at + i] != 0) {
        filled++;
        break;
      }
  tell("hundreds that are not all zeros", filled);
  say("random_get of nothing", __wasi_random_get(random, 0));
  say("random_get outside of memory", __wasi_random_get((uint8_t *)0xfffffff0, 8));
  say("sched_yield", __wasi_sched_yield());
}
