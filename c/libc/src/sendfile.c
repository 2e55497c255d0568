/* sendfile by reading and writing. */
#include <errno.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { PIECE = 16 * 1024 };

/* What was read and not written is read again: the place in the input goes back. */
static int step_back(int in, off_t by) { return by == 0 || lseek(in, -by, SEEK_CUR) >= 0 ? 0 : -1; }

ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
  char piece[PIECE];
  size_t total = 0;
  while (total < count) {
    size_t wanted = count - total < PIECE ? count - total : PIECE;
    ssize_t length = offset ? pread(in, piece, wanted, *offset) : read(in, piece, wanted);
    if (length <= 0) return length < 0 && total == 0 ? -1 : (ssize_t)total;
    ssize_t sent = write(out, piece, (size_t)length);
    int error = errno;
    off_t accepted = sent < 0 ? 0 : sent;
    if (offset)
      *offset += accepted;
    else if (step_back(in, length - accepted) < 0)
      return -1;
    total += (size_t)accepted;
    errno = error;
    if (accepted < length) return total == 0 && sent < 0 ? -1 : (ssize_t)total;
  }
  return (ssize_t)total;
}
