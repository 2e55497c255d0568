/* proc_exit with the code that is asked for; without one main returns 7. */
#include "say.h"

int main(int argc, char **argv) {
  if (argc < 2) return 7;
  printf("leaving with %s\n", argv[1]);
  fflush(stdout);
  __wasi_proc_exit((__wasi_exitcode_t)atoll(argv[1]));
}
