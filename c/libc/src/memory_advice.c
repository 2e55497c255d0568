/* Calls about pages of memory: all of them are there, and none can be swapped out. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "mappings.h"
#include "result.h"

/* EINVAL for an address within a page, ENOMEM for a range that is no memory. */
static int error_of(const void *start, size_t length) {
  if ((uintptr_t)start % PAGE != 0) return EINVAL;
  return is_memory((uintptr_t)start, length) ? 0 : ENOMEM;
}

int mprotect(void *start, size_t length, int protection) {
  int error = error_of(start, length);
  if (!error && (protection & ~(PROT_READ | PROT_WRITE | PROT_EXEC))) error = EINVAL;
  if (!error && (protection & PROT_EXEC)) error = EACCES;
  return result(-error);
}

/* madvise(2): pages of no file are zero afterwards, those of a file are the file's again. */
static void drop(uintptr_t start, size_t length) {
  uintptr_t end = start + length;
  for (uintptr_t page = start; page < end; page += PAGE) {
    size_t piece = end - page < PAGE ? end - page : PAGE;
    Mapping *mapping = __posix_mapping_in(page, 1);
    if (!mapping || mapping->flags & MAP_ANON) memset((void *)page, 0, piece);
  }
}

int madvise(void *start, size_t length, int advice) {
  int error = error_of(start, length), is_known = (advice >= MADV_NORMAL && advice <= MADV_DONTNEED) ||
                                                  advice == MADV_FREE ||
                                                  (advice >= MADV_DONTFORK && advice <= MADV_PAGEOUT);
  if (advice == MADV_HWPOISON || advice == MADV_SOFT_OFFLINE) return result(-EPERM);
  if (!is_known) return result(-EINVAL);
  if (!error && advice == MADV_DONTNEED) drop((uintptr_t)start, whole_pages(length));
  return result(-error);
}

int posix_madvise(void *start, size_t length, int advice) {
  if (advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED) return EINVAL;
  return error_of(start, length);
}

int mlock2(const void *start, size_t length, unsigned flags) {
  if (flags & ~(unsigned)MLOCK_ONFAULT) return result(-EINVAL);
  return result(is_memory((uintptr_t)start, length) ? 0 : -ENOMEM);
}

int mlock(const void *start, size_t length) { return mlock2(start, length, 0); }
int munlock(const void *start, size_t length) { return mlock2(start, length, 0); }

int mlockall(int flags) {
  int known = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;
  return result(flags == 0 || flags == MCL_ONFAULT || (flags & ~known) ? -EINVAL : 0);
}

int munlockall(void) { return 0; }

int mincore(void *start, size_t length, unsigned char *pages) {
  int error = error_of(start, length);
  if (!error) memset(pages, 1, whole_pages(length) / PAGE);
  return result(-error);
}

int msync(void *start, size_t length, int flags) {
  uintptr_t at = (uintptr_t)start, end;
  if (at % PAGE != 0 || (flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE)) ||
      (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
    return result(-EINVAL);
  for (end = at + whole_pages(length); at < end;) {
    Mapping *mapping = __posix_mapping_in(at, 1);
    if (!mapping) return result(is_memory(at, end - at) ? 0 : -ENOMEM);
    int error = __posix_write_back(mapping, at, end - at);
    if (!error && flags & MS_INVALIDATE) error = __posix_read_in(mapping, at, end - at);
    if (error) return result(-error);
    at = (uintptr_t)mapping->start + mapping->length;
  }
  return 0;
}
