/* The machine, as the program sees it: its own memory, one process. */
#include <errno.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

int sysinfo(struct sysinfo *info) {
  struct timespec since_start;
  clock_gettime(CLOCK_MONOTONIC, &since_start);
  memset(info, 0, sizeof *info);
  info->uptime = (unsigned long)since_start.tv_sec;
  info->totalram = (unsigned long)get_phys_pages();
  info->freeram = (unsigned long)get_avphys_pages();
  info->procs = 1;
  info->mem_unit = (unsigned)getpagesize();
  return 0;
}
