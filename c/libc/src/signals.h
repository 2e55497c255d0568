/* How the calls that may wait, or that may find a reader gone, meet signals. */
#ifndef POSIX_WASM_SIGNALS_H
#define POSIX_WASM_SIGNALS_H

#include <signal.h>
#include <stdint.h>
#include <time.h>

/* As poll, with the timeout in ms; a timer that goes off meanwhile delivers its signal: -1 and EINTR when a handler
 * ran. */
struct pollfd;
int __posix_poll(struct pollfd *fds, unsigned long count, int timeout_ms);

/* Whether a timer is set: then a call that waits has to look at it. */
int __posix_timer_is_set(void);

/* Before a call that would wait for `events` of a blocking descriptor: waits here, where a timer can interrupt. -1 and
 * EINTR when a handler without SA_RESTART ran; 0 to go on. Does nothing while no timer is set. */
int __posix_await(int fd, short events);

/* Milliseconds until the timer goes off, rounded up; -1 when none is set, 0 when it is due. */
int __posix_timer_left_ms(void);

/* Delivers the signal of a timer that is due. */
void __posix_timer_deliver(void);

/* Handlers run so far, and of the last one whether it asked for SA_RESTART. */
unsigned __posix_handled(int *restarts);

/* Delivers a signal, now or once it is no longer blocked. */
void __posix_signal(int signal, int code);

/* Whether a handler may run while the program waits: there is one, or a timer that is set. */
int __posix_may_be_signalled(void);

/* Swaps the mask for that of ppoll and pselect; returns what was delivered by that. */
unsigned __posix_swap_mask(const sigset_t *mask, sigset_t *old);

/* Passes on what a call that writes answered; a reader that is gone is SIGPIPE too where the program has a handler for
 * it. */
int __posix_written(int32_t result);

#endif
