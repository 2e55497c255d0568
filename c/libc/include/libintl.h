/* <libintl.h>: there are no catalogs of translations, so every message stays as it is. */
#ifndef _LIBINTL_H
#define _LIBINTL_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#define __translates(n) __attribute__((__format_arg__(n)))
#else
#define __translates(n)
#endif

char *gettext(const char *) __translates(1);
char *dgettext(const char *, const char *) __translates(2);
char *dcgettext(const char *, const char *, int) __translates(2);
char *ngettext(const char *, const char *, unsigned long) __translates(1) __translates(2);
char *dngettext(const char *, const char *, const char *, unsigned long) __translates(2) __translates(3);
char *dcngettext(const char *, const char *, const char *, unsigned long, int) __translates(2) __translates(3);
char *textdomain(const char *);
char *bindtextdomain(const char *, const char *);
char *bind_textdomain_codeset(const char *, const char *);

#undef __translates

#define __USE_GNU_GETTEXT 1

#ifdef __cplusplus
}
#endif

#endif
