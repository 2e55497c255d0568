/* Messages without catalogs: each stays as it is. */
#include <errno.h>
#include <libintl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct Domain {
  struct Domain *next;
  char *directory, *codeset, name[];
} Domain;

static Domain *domains;

char *gettext(const char *message) { return (char *)message; }

char *dgettext(const char *domain, const char *message) {
  (void)domain;
  return (char *)message;
}

char *dcgettext(const char *domain, const char *message, int category) {
  (void)domain, (void)category;
  return (char *)message;
}

char *ngettext(const char *one, const char *many, unsigned long count) { return (char *)(count == 1 ? one : many); }

char *dngettext(const char *domain, const char *one, const char *many, unsigned long count) {
  (void)domain;
  return ngettext(one, many, count);
}

char *dcngettext(const char *domain, const char *one, const char *many, unsigned long count, int category) {
  (void)domain, (void)category;
  return ngettext(one, many, count);
}

char *textdomain(const char *name) {
  static char *current;
  char *copy;
  if (!name) return current ? current : "messages";
  copy = strdup(*name ? name : "messages");
  if (!copy) return NULL;
  free(current);
  return current = copy;
}

static Domain *domain_of(const char *name) {
  if (!name || !*name) return NULL;
  for (Domain *domain = domains; domain; domain = domain->next)
    if (!strcmp(domain->name, name)) return domain;
  Domain *domain = calloc(1, sizeof *domain + strlen(name) + 1);
  if (!domain) return NULL;
  strcpy(domain->name, name);
  domain->next = domains;
  return domains = domain;
}

/* Keeps a copy of `value` if there is one; returns what is kept. */
static char *kept(char **place, const char *value) {
  char *copy = value ? strdup(value) : NULL;
  if (value && !copy) return NULL;
  if (copy) {
    free(*place);
    *place = copy;
  }
  return *place;
}

char *bindtextdomain(const char *name, const char *directory) {
  Domain *domain = domain_of(name);
  if (!domain) return NULL;
  char *found = kept(&domain->directory, directory);
  return found || directory ? found : "/usr/share/locale";
}

char *bind_textdomain_codeset(const char *name, const char *codeset) {
  Domain *domain = domain_of(name);
  return domain ? kept(&domain->codeset, codeset) : NULL;
}
