#include <time.h>

#include "easy.h"

curl_off_t cw_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (curl_off_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

curl_off_t cw_elapsed_us(const struct cw_easy *easy) {
  const curl_off_t elapsed = cw_now_us() - easy->info.started_at;
  return elapsed > 0 ? elapsed : 1;
}

curl_off_t cw_deadline(curl_off_t start, curl_off_t milliseconds) {
  if (milliseconds <= 0 || milliseconds > (CW_NEVER - start) / 1000) return CW_NEVER;
  return start + milliseconds * 1000;
}
