/* ftw is nftw without what nftw reports besides. */
#include <ftw.h>

static int (*visit)(const char *, const struct stat *, int);

static int visit_plainly(const char *path, const struct stat *file, int kind, struct FTW *place) {
  (void)place;
  return visit(path, file, kind == FTW_SLN ? FTW_NS : kind);
}

/* Calls of ftw may be nested. */
int ftw(const char *path, int (*function)(const char *, const struct stat *, int), int descriptors) {
  int (*before)(const char *, const struct stat *, int) = visit;
  visit = function;
  int answer = nftw(path, visit_plainly, descriptors, 0);
  visit = before;
  return answer;
}
