/* mmap(2) in linear memory: pages are memory of malloc's, cleared or filled from the file. WebAssembly has no protection
 * of pages, so PROT_NONE and PROT_READ are taken note of and not enforced; nothing can be executed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mappings.h"
#include "result.h"

Mapping *__posix_mappings;

Mapping *__posix_mapping_in(uintptr_t start, size_t length) {
  for (Mapping *each = __posix_mappings; each; each = each->next)
    if ((uintptr_t)each->start < start + length && start < (uintptr_t)each->start + each->length) return each;
  return NULL;
}

static void *failed(int error) {
  errno = error;
  return MAP_FAILED;
}

static void write_all_back(void) {
  for (Mapping *each = __posix_mappings; each; each = each->next)
    __posix_write_back(each, (uintptr_t)each->start, each->length);
}

/* A descriptor of our own, away from the small numbers that programs expect to be given. -1 with errno. */
static int own_descriptor(int fd) {
  static const int places[] = {960, 192, 48, 3};
  int own = -1;
  for (size_t i = 0; own < 0 && i < sizeof places / sizeof *places; i++) own = fcntl(fd, F_DUPFD_CLOEXEC, places[i]);
  return own;
}

static void release(Mapping *mapping) {
  if (mapping->fd >= 0) close(mapping->fd);
  free(mapping->before);
  if (--mapping->block->references == 0) {
    free(mapping->block->memory);
    free(mapping->block);
  }
  free(mapping);
}

/* Memory for a mapping, which is no mapping yet. */
static Mapping *allocated(size_t length) {
  Mapping *mapping = calloc(1, sizeof *mapping);
  Block *block = calloc(1, sizeof *block);
  if (!mapping || !block || posix_memalign(&block->memory, PAGE, length) != 0) {
    free(mapping);
    free(block);
    return NULL;
  }
  block->references = 1;
  *mapping = (Mapping){.block = block, .start = block->memory, .length = length, .fd = -1};
  return mapping;
}

/* mmap(2): EACCES for a descriptor that is not open for it, ENODEV for what has no pages. */
static int error_of_file(int fd, int protection, int flags) {
  struct stat file;
  int open_flags = fcntl(fd, F_GETFL);
  if (open_flags < 0 || fstat(fd, &file) < 0) return errno;
  if (!S_ISREG(file.st_mode)) return ENODEV;
  if ((open_flags & O_ACCMODE) == O_WRONLY) return EACCES;
  int is_written = (flags & MAP_TYPE) != MAP_PRIVATE && (protection & PROT_WRITE);
  return is_written && (open_flags & O_ACCMODE) != O_RDWR ? EACCES : 0;
}

static int error_of(size_t length, int protection, int flags, off_t offset) {
  int type = flags & MAP_TYPE;
  if (length == 0 || offset % PAGE != 0 || offset < 0) return EINVAL;
  if (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE) return EINVAL;
  if (length > (size_t)PTRDIFF_MAX - PAGE) return ENOMEM;
  return protection & PROT_EXEC ? EACCES : 0;
}

/* Lets a mapping have the file's contents. 0 or an errno. */
static int fill(Mapping *mapping, int fd, off_t offset) {
  static int is_registered;
  int is_written = (mapping->flags & MAP_TYPE) != MAP_PRIVATE && (mapping->protection & PROT_WRITE);
  if (mapping->flags & MAP_ANON) {
    memset(mapping->start, 0, mapping->length);
    return 0;
  }
  if ((mapping->fd = own_descriptor(fd)) < 0) return errno;
  mapping->offset = offset;
  if (is_written && !(mapping->before = malloc(mapping->length))) return ENOMEM;
  if (is_written && !is_registered++) atexit(write_all_back);
  int error = __posix_read_in(mapping, (uintptr_t)mapping->start, mapping->length);
  if (!is_written && (mapping->flags & MAP_TYPE) == MAP_PRIVATE) {
    close(mapping->fd); /* the copy is the program's own from now on */
    mapping->fd = -1;
  }
  return error;
}

/* MAP_FIXED: only in place of what mmap has given before, since all else belongs to others. */
static Mapping *placed(uintptr_t start, size_t length) {
  Mapping *whole = __posix_mapping_in(start, length);
  if (!whole || start < (uintptr_t)whole->start || start + length > (uintptr_t)whole->start + whole->length)
    return NULL;
  Mapping *mapping = calloc(1, sizeof *mapping);
  if (!mapping) return NULL;
  *mapping = (Mapping){.block = whole->block, .start = (char *)start, .length = length, .fd = -1};
  whole->block->references++;
  if (__posix_unmap(start, length) == 0) return mapping;
  release(mapping);
  return NULL;
}

void *mmap(void *wanted, size_t length, int protection, int flags, int fd, off_t offset) {
  uintptr_t start = (uintptr_t)wanted;
  int is_fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
  int error = error_of(length, protection, flags, offset);
  if (!error && !(flags & MAP_ANON)) error = error_of_file(fd, protection, flags);
  if (!error && is_fixed && start % PAGE != 0) error = EINVAL;
  if (!error && (flags & MAP_FIXED_NOREPLACE)) error = is_memory(start, length) ? EEXIST : ENOMEM;
  if (error) return failed(error);
  length = whole_pages(length);
  Mapping *mapping = is_fixed ? placed(start, length) : allocated(length);
  if (!mapping) return failed(ENOMEM);
  mapping->protection = protection;
  mapping->flags = flags;
  if ((error = fill(mapping, fd, offset)) != 0) {
    release(mapping);
    return failed(error);
  }
  mapping->next = __posix_mappings;
  __posix_mappings = mapping;
  return mapping->start;
}

/* What is left of a mapping behind `from`, as a mapping of its own. NULL without memory. */
static Mapping *rest_of(Mapping *mapping, size_t from) {
  Mapping *rest = malloc(sizeof *rest);
  if (!rest) return NULL;
  *rest = *mapping;
  rest->start += from;
  rest->length -= from;
  rest->offset += (off_t)from;
  rest->before = mapping->before ? malloc(rest->length) : NULL;
  rest->fd = mapping->fd < 0 ? -1 : own_descriptor(mapping->fd);
  if ((mapping->before && !rest->before) || (mapping->fd >= 0 && rest->fd < 0)) {
    if (rest->fd >= 0) close(rest->fd);
    free(rest->before);
    free(rest);
    return NULL;
  }
  if (rest->before) memcpy(rest->before, mapping->before + from, rest->length);
  mapping->block->references++;
  return rest;
}

static void forget(Mapping *mapping) {
  for (Mapping **place = &__posix_mappings; *place; place = &(*place)->next)
    if (*place == mapping) {
      *place = mapping->next;
      break;
    }
  release(mapping);
}

int __posix_unmap(uintptr_t start, size_t length) {
  Mapping *mapping;
  while ((mapping = __posix_mapping_in(start, length)) != NULL) {
    uintptr_t own = (uintptr_t)mapping->start, own_end = own + mapping->length, end = start + length;
    __posix_write_back(mapping, start, length);
    if (end < own_end) {
      Mapping *rest = rest_of(mapping, end - own);
      if (!rest) return ENOMEM;
      rest->next = __posix_mappings;
      __posix_mappings = rest;
    }
    if (start > own)
      mapping->length = start - own;
    else
      forget(mapping);
  }
  return 0;
}

int munmap(void *start, size_t length) {
  if ((uintptr_t)start % PAGE != 0 || length == 0) return result(-EINVAL);
  return result(-__posix_unmap((uintptr_t)start, whole_pages(length)));
}

/* A mapping moves to more room: its block ends where the next begins. */
static void *moved(Mapping *mapping, size_t length) {
  size_t old_length = mapping->length;
  Mapping *larger = allocated(length);
  char *before = mapping->before ? realloc(mapping->before, length) : NULL;
  if (before) mapping->before = before;
  if (!larger || (mapping->before && !before)) {
    if (larger) release(larger);
    return failed(ENOMEM);
  }
  memcpy(larger->start, mapping->start, old_length);
  memset(larger->start + old_length, 0, length - old_length);
  Block *block = mapping->block;
  mapping->start = larger->start;
  mapping->length = length;
  mapping->block = larger->block;
  larger->block = block;
  release(larger); /* with the old block */
  __posix_read_in(mapping, (uintptr_t)mapping->start + old_length, length - old_length);
  return mapping->start;
}

void *mremap(void *old, size_t old_length, size_t length, int flags, ...) {
  uintptr_t start = (uintptr_t)old;
  if (start % PAGE != 0 || length == 0 || (flags & ~MREMAP_MAYMOVE)) return failed(EINVAL);
  if (length > (size_t)PTRDIFF_MAX - PAGE) return failed(ENOMEM);
  old_length = whole_pages(old_length);
  length = whole_pages(length);
  Mapping *mapping = __posix_mapping_in(start, 1);
  if (!mapping || start + old_length > (uintptr_t)mapping->start + mapping->length) return failed(EFAULT);
  if (length < old_length) __posix_unmap(start + length, old_length - length);
  if (length <= old_length) return old;
  if (mapping->start != old || mapping->length != old_length || !(flags & MREMAP_MAYMOVE)) return failed(ENOMEM);
  return moved(mapping, length);
}
