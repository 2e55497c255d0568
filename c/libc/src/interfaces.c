/* Network interfaces by name and number. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "posix_sockets.h"
#include "result.h"

/* Numbers are given out from 1 on; a gap may be where an interface was. */
enum { HIGHEST_INDEX = 4096 };

unsigned if_nametoindex(const char *name) {
  int index = result(wasm_sock_if_nametoindex(name));
  return index < 0 ? 0 : (unsigned)index;
}

char *if_indextoname(unsigned index, char *name) {
  return result(wasm_sock_if_indextoname(index, name)) < 0 ? NULL : name;
}

struct if_nameindex *if_nameindex(void) {
  char name[IF_NAMESIZE];
  size_t count = 0;
  struct if_nameindex *list = malloc(sizeof *list);
  for (unsigned index = 1; list && index <= HIGHEST_INDEX; index++) {
    if (wasm_sock_if_indextoname(index, name) < 0) continue;
    struct if_nameindex *longer = realloc(list, (count + 2) * sizeof *list);
    if (!longer) break;
    list = longer;
    list[count].if_index = index;
    list[count++].if_name = strdup(name);
  }
  if (!list)
    result(-ENOBUFS);
  else
    memset(&list[count], 0, sizeof *list);
  return list;
}

void if_freenameindex(struct if_nameindex *list) {
  for (struct if_nameindex *one = list; one && one->if_name; one++) free(one->if_name);
  free(list);
}
