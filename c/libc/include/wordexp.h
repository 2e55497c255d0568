/* <wordexp.h>: words as a shell expands them. There is no shell, so a command in the text is an error. */
#ifndef _WORDEXP_H
#define _WORDEXP_H

#include <features.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRDE_DOOFFS 0x1
#define WRDE_APPEND 0x2
#define WRDE_NOCMD 0x4
#define WRDE_REUSE 0x8
#define WRDE_SHOWERR 0x10
#define WRDE_UNDEF 0x20

#define WRDE_NOSYS (-1)
#define WRDE_NOSPACE 1
#define WRDE_BADCHAR 2
#define WRDE_BADVAL 3
#define WRDE_CMDSUB 4
#define WRDE_SYNTAX 5

typedef struct {
  size_t we_wordc;
  char **we_wordv;
  size_t we_offs;
} wordexp_t;

int wordexp(const char *__restrict, wordexp_t *__restrict, int);
void wordfree(wordexp_t *);

#ifdef __cplusplus
}
#endif

#endif
