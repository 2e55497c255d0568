/* Several messages in one call: one after the other, with the results of Linux's. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <time.h>

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  unsigned sent = 0;
  if (count > 1024) count = 1024;
  for (; sent < count; sent++) {
    ssize_t length = sendmsg(fd, &messages[sent].msg_hdr, flags);
    if (length < 0) break;
    messages[sent].msg_len = (unsigned)length;
  }
  return sent == 0 && count > 0 ? -1 : (int)sent;
}

static int is_past(const struct timespec *deadline) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

/* recvmmsg(2): the timeout is looked at only after each message; MSG_WAITFORONE waits for none but the first. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) {
  struct timespec deadline;
  unsigned received = 0;
  if (timeout) {
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout->tv_sec + (deadline.tv_nsec + timeout->tv_nsec) / 1000000000;
    deadline.tv_nsec = (deadline.tv_nsec + timeout->tv_nsec) % 1000000000;
  }
  if (count > 1024) count = 1024;
  while (received < count) {
    ssize_t length = recvmsg(fd, &messages[received].msg_hdr, flags & ~MSG_WAITFORONE);
    if (length < 0) break;
    messages[received++].msg_len = (unsigned)length;
    if (flags & MSG_WAITFORONE) flags |= MSG_DONTWAIT;
    if (timeout && is_past(&deadline)) break;
  }
  return received == 0 && count > 0 ? -1 : (int)received;
}
