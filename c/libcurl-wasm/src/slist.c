#include <stdlib.h>
#include <string.h>

#include "curl/curl.h"

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text) {
  struct curl_slist *item = malloc(sizeof *item);
  char *copy = strdup(text);
  if (!item || !copy) { /* the caller still has the list */
    free(item);
    free(copy);
    return NULL;
  }
  *item = (struct curl_slist){copy, NULL};
  if (!list) return item;
  struct curl_slist *last = list;
  while (last->next) last = last->next;
  last->next = item;
  return list;
}

void curl_slist_free_all(struct curl_slist *list) {
  while (list) {
    struct curl_slist *next = list->next;
    free(list->data);
    free(list);
    list = next;
  }
}
