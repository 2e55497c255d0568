/* What mmap has given out, for the calls that ask about memory. */
#ifndef POSIX_WASM_MAPPINGS_H
#define POSIX_WASM_MAPPINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A page of WebAssembly, which getpagesize returns. */
enum { PAGE = 65536 };

/* Memory of malloc's that one mmap took, and that parts of it may be left of. */
typedef struct {
  void *memory;
  int references;
} Block;

typedef struct Mapping {
  struct Mapping *next;
  Block *block;
  char *start; /* at a page */
  size_t length; /* whole pages */
  int protection, flags;
  int fd; /* our own, for a file; -1 for none */
  off_t offset;
  char *before; /* what the file had, for a mapping that is written back; NULL for another */
} Mapping;

extern Mapping *__posix_mappings;

/* The first mapping that has something of a range; NULL for none. */
Mapping *__posix_mapping_in(uintptr_t start, size_t length);

/* Writes to the file what was changed of a range of the mapping. 0 or an errno. */
int __posix_write_back(Mapping *mapping, uintptr_t start, size_t length);

/* Reads the file into a range of the mapping, with zeros behind the file's end. 0 or an errno. */
int __posix_read_in(Mapping *mapping, uintptr_t start, size_t length);

/* Takes a mapping out of a range. 0 or an errno. */
int __posix_unmap(uintptr_t start, size_t length);

static inline size_t whole_pages(size_t length) { return (length + PAGE - 1) & ~(size_t)(PAGE - 1); }

/* Whether a range is memory of the program at all. */
static inline int is_memory(uintptr_t start, size_t length) {
  unsigned long long size = (unsigned long long)__builtin_wasm_memory_size(0) * PAGE;
  return start + (unsigned long long)length <= size;
}

#endif
