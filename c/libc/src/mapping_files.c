/* Mappings of files: their pages are copies, which are read when the mapping is made and written back by msync, munmap
 * and exit. What other descriptors write meanwhile is not seen before msync(MS_INVALIDATE). */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mappings.h"

/* So much is written at once, where something of it was changed. */
enum { PIECE = 4096 };

static size_t least(size_t one, size_t other) { return one < other ? one : other; }

/* The part of a range that lies in the mapping, as an offset there. */
static size_t part_of(const Mapping *mapping, uintptr_t start, size_t length, size_t *part) {
  uintptr_t own = (uintptr_t)mapping->start, from = start > own ? start - own : 0;
  uintptr_t to = start + length > own ? least(start + length - own, mapping->length) : 0;
  *part = to > from ? to - from : 0;
  return from;
}

static int read_whole(int fd, char *to, size_t length, off_t offset) {
  while (length > 0) {
    ssize_t got = pread(fd, to, length, offset);
    if (got < 0) return errno;
    if (got == 0) break;
    to += got;
    length -= (size_t)got;
    offset += got;
  }
  memset(to, 0, length);
  return 0;
}

int __posix_read_in(Mapping *mapping, uintptr_t start, size_t length) {
  size_t part, from = part_of(mapping, start, length, &part);
  if (mapping->fd < 0 || part == 0) return 0;
  int error = read_whole(mapping->fd, mapping->start + from, part, mapping->offset + (off_t)from);
  if (!error && mapping->before) memcpy(mapping->before + from, mapping->start + from, part);
  return error;
}

static int write_whole(int fd, const char *from, size_t length, off_t offset) {
  while (length > 0) {
    ssize_t done = pwrite(fd, from, length, offset);
    if (done < 0) return errno;
    from += done;
    length -= (size_t)done;
    offset += done;
  }
  return 0;
}

/* Nothing is written behind the file's end. */
int __posix_write_back(Mapping *mapping, uintptr_t start, size_t length) {
  struct stat file;
  size_t part, at = part_of(mapping, start, length, &part), end = at + part;
  if (!mapping->before || part == 0) return 0;
  if (fstat(mapping->fd, &file) < 0) return errno;
  if (file.st_size <= mapping->offset) return 0;
  if (file.st_size - mapping->offset < (off_t)end) end = (size_t)(file.st_size - mapping->offset);
  for (; at < end; at += PIECE) {
    size_t piece = least(PIECE, end - at);
    if (memcmp(mapping->start + at, mapping->before + at, piece) == 0) continue;
    int error = write_whole(mapping->fd, mapping->start + at, piece, mapping->offset + (off_t)at);
    if (error) return error;
    memcpy(mapping->before + at, mapping->start + at, piece);
  }
  return 0;
}
