/* <ftw.h>, readdir_r, and calls about the system that say little: <sys/statfs.h>, <sys/xattr.h>, <sys/auxv.h>,
 * <sys/sysinfo.h>, <utmpx.h>. */
#include "say.h"

#include <dirent.h>
#include <ftw.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <utmpx.h>

static char seen[32][64];
static int count;

static void note(const char *path, const char *kind) {
  if (count < 32) snprintf(seen[count++], sizeof seen[0], "%s %s", path, kind);
}

static int in_order(const void *one, const void *other) { return strcmp(one, other); }

static void print_seen(const char *what) {
  qsort(seen, count, sizeof seen[0], in_order);
  printf("%s:\n", what);
  for (int i = 0; i < count; i++) printf("  %s\n", seen[i]);
  count = 0;
}

static const char *kind_of(int kind) {
  switch (kind) {
    case FTW_F: return "file";
    case FTW_D: return "directory";
    case FTW_DNR: return "unreadable";
    case FTW_NS: return "unknown";
    case FTW_SL: return "link";
    case FTW_DP: return "directory, after";
    case FTW_SLN: return "dangling";
    default: return "?";
  }
}

static int visit(const char *path, const struct stat *file, int kind) {
  (void)file;
  note(path, kind_of(kind));
  return 0;
}

static int visit_placed(const char *path, const struct stat *file, int kind, struct FTW *place) {
  char text[64];
  (void)file;
  snprintf(text, sizeof text, "%s, level %d, name %s", kind_of(kind), place->level, path + place->base);
  note(path, text);
  return 0;
}

static int stop(const char *path, const struct stat *file, int kind) {
  (void)path, (void)file, (void)kind;
  return 42;
}

static int fail(const char *path, const struct stat *file, int kind) {
  (void)path, (void)file, (void)kind;
  errno = EPERM;
  return -1;
}

static void touch(const char *name) { close(MUST(open(name, O_CREAT | O_WRONLY, 0644))); }

static void walk(void) {
  MUST(mkdir("tree", 0755));
  MUST(mkdir("tree/inner", 0755));
  touch("tree/one");
  touch("tree/inner/two");
  MUST(symlink("inner/two", "tree/link"));
  MUST(symlink("nowhere", "tree/dangling"));
  say("ftw", ftw("tree", visit, 8));
  print_seen("ftw");
  say("nftw", nftw("tree", visit_placed, 8, FTW_PHYS | FTW_DEPTH));
  print_seen("nftw, links themselves, directories last");
  say("stopped", ftw("tree", stop, 8));
  say("failed", ftw("tree", fail, 8));
  say("no such tree", ftw("no-such-tree", visit, 8));
  print_seen("nothing");
}

static void list(void) {
  struct dirent entry, *found;
  DIR *directory = opendir("tree");
  say_whether("there is room for a name", sizeof entry.d_name >= 256);
  while (readdir_r(directory, &entry, &found) == 0 && found) note(entry.d_name, found == &entry ? "" : "elsewhere");
  print_seen("readdir_r");
  closedir(directory);
}

static void systems(void) {
  struct statfs one;
  struct statvfs other;
  char value[8];
  say("statfs of nothing", statfs("no-such-file", &one));
  say("fstatfs of nothing", fstatfs(777, &one));
  say("statvfs of nothing", statvfs("no-such-file", &other));
  say("fstatvfs of nothing", fstatvfs(777, &other));
  say("getxattr of nothing", getxattr("no-such-file", "user.name", value, sizeof value));
  say("setxattr of nothing", setxattr("no-such-file", "user.name", "x", 1, 0));
  say("flistxattr of nothing", flistxattr(777, value, sizeof value));
}

static void machine(void) {
  struct sysinfo info;
  say("sysinfo", sysinfo(&info));
  say_whether("memory, one process at least", info.totalram > 0 && info.mem_unit > 0 && info.procs > 0);
  say_whether("AT_PAGESZ", getauxval(AT_PAGESZ) == (unsigned long)sysconf(_SC_PAGESIZE));
  say_whether("AT_SECURE", getauxval(AT_SECURE) != 0);
  say_whether("AT_UID", getauxval(AT_UID) == getuid());
  say_whether("AT_RANDOM", getauxval(AT_RANDOM) != 0);
  errno = 0;
  say_whether("an unknown one", getauxval(9999) != 0);
  printf("%s\n", errno_name(errno));
  struct utmpx nobody;
  memset(&nobody, 0, sizeof nobody);
  nobody.ut_type = USER_PROCESS;
  strcpy(nobody.ut_line, "no/such/line");
  setutxent();
  say_whether("logged in there", getutxline(&nobody) != NULL);
  endutxent();
}

int main(int arguments_count, char **arguments) {
  if (arguments_count > 1) MUST(chdir(arguments[1]));
  walk();
  list();
  systems();
  machine();
  return 0;
}
