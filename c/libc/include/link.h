/* <link.h>: the objects that a program is made of. A WebAssembly program is one, without headers of ELF. */
#ifndef _LINK_H
#define _LINK_H

#include <dlfcn.h>
#include <elf.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ElfW(type) Elf32_##type

struct dl_phdr_info {
  ElfW(Addr) dlpi_addr;
  const char *dlpi_name;
  const ElfW(Phdr) *dlpi_phdr;
  ElfW(Half) dlpi_phnum;
  unsigned long long dlpi_adds;
  unsigned long long dlpi_subs;
  size_t dlpi_tls_modid;
  void *dlpi_tls_data;
};

struct link_map {
  ElfW(Addr) l_addr;
  char *l_name;
  ElfW(Dyn) *l_ld;
  struct link_map *l_next, *l_prev;
};

struct r_debug {
  int r_version;
  struct link_map *r_map;
  ElfW(Addr) r_brk;
  enum { RT_CONSISTENT, RT_ADD, RT_DELETE } r_state;
  ElfW(Addr) r_ldbase;
};

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
/* Calls the function once, for the program, with no program headers. */
int dl_iterate_phdr(int (*)(struct dl_phdr_info *, size_t, void *), void *);
#endif

#ifdef __cplusplus
}
#endif

#endif
