/* Waiting for a socket, with an eye on the deadlines and the caller's progress function. */
#include "easy.h"
#include "posix_sockets.h"

enum { TICK_US = 1000000 };

/* Whether the transfer has been too slow for too long; measured once a second. */
static CURLcode check_speed(struct cw_easy *easy, curl_off_t now) {
  struct cw_limits *limits = &easy->limits;
  const curl_off_t bytes = easy->info.downloaded + easy->info.uploaded;
  const curl_off_t interval = now - limits->measured_at;
  if (easy->set.low_speed_limit == 0 || easy->set.low_speed_seconds == 0 || interval < TICK_US) return CURLE_OK;
  const bool is_slow = (bytes - limits->measured_bytes) < easy->set.low_speed_limit * (interval / TICK_US);
  if (!is_slow) limits->slow_since = CW_NEVER;
  if (is_slow && limits->slow_since == CW_NEVER) limits->slow_since = limits->measured_at;
  limits->measured_at = now;
  limits->measured_bytes = bytes;
  if (!is_slow || (now - limits->slow_since) / TICK_US < easy->set.low_speed_seconds) return CURLE_OK;
  return cw_fail(easy, CURLE_OPERATION_TIMEDOUT, "Less than %lld bytes a second for %lld seconds",
                 (long long)easy->set.low_speed_limit, (long long)easy->set.low_speed_seconds);
}

static CURLcode check_limits(struct cw_easy *easy) {
  const curl_off_t now = cw_now_us();
  if (now >= easy->limits.deadline)
    return cw_fail(easy, CURLE_OPERATION_TIMEDOUT, "Timed out after %lld ms, with %lld bytes received",
                   (long long)(cw_elapsed_us(easy) / 1000), (long long)easy->info.downloaded);
  const CURLcode code = check_speed(easy, now);
  return code ? code : cw_report_progress(easy);
}

/* The time to `until`, in whole milliseconds, rounded up so as not to wake too early; at most a tick. */
static int milliseconds_until(curl_off_t until) {
  const curl_off_t left = until - cw_now_us();
  if (left <= 0) return 0;
  return (int)(((left < TICK_US ? left : TICK_US) + 999) / 1000);
}

CURLcode cw_wait(struct cw_easy *easy, int fd, int events, curl_off_t until, int *ready) {
  for (;;) {
    struct wasm_pollfd poll = {fd, (int16_t)events, 0};
    CURLcode code = check_limits(easy);
    if (code) return code;
    const curl_off_t first = until < easy->limits.deadline ? until : easy->limits.deadline;
    const int count = wasm_sock_poll(&poll, 1, milliseconds_until(first));
    if (count < 0 && count != -WASM_EINTR)
      return cw_fail(easy, CURLE_UNRECOVERABLE_POLL, "poll: %s", wasm_sock_errno_name(count));
    *ready = count > 0 ? poll.revents : 0;
    if (*ready || cw_now_us() >= until) return CURLE_OK;
  }
}
