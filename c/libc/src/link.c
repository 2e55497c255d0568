/* The program is the only object there is. */
#define _GNU_SOURCE
#include <link.h>
#include <string.h>

int dl_iterate_phdr(int (*visit)(struct dl_phdr_info *, size_t, void *), void *argument) {
  struct dl_phdr_info program;
  memset(&program, 0, sizeof program);
  program.dlpi_name = "";
  program.dlpi_adds = 1;
  return visit(&program, sizeof program, argument);
}
