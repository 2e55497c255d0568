/* The clock's adjustment can be read: nothing keeps it in step with other clocks. Setting takes privileges. */
#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "result.h"

int clock_adjtime(clockid_t clock, struct timex *state) {
  if (clock != CLOCK_REALTIME) return result(-EOPNOTSUPP);
  if (state->modes != 0 && state->modes != ADJ_OFFSET_SS_READ) return result(-EPERM);
  unsigned modes = state->modes;
  memset(state, 0, sizeof *state);
  state->modes = modes;
  state->status = STA_UNSYNC;
  state->maxerror = state->esterror = 16000000;
  state->precision = 1;
  state->tolerance = 32768000;
  state->tick = 10000;
  gettimeofday(&state->time, NULL);
  return TIME_ERROR;
}

int adjtimex(struct timex *state) { return clock_adjtime(CLOCK_REALTIME, state); }
