/* wasi-libc's <sys/mman.h>, without two calls that need page tables. */
#define remap_file_pages __wasi_remap_file_pages
#define memfd_create __wasi_memfd_create
#include_next <sys/mman.h>
#undef remap_file_pages
#undef memfd_create
