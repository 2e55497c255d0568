/*
 * Tries to get out of the directories it is given, with every call that takes a path, and prints each attempt that was not refused.
 * Its arguments are the paths that lead out, by its own reckoning, from each of its directories.
 */
#include "say.h"

#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

static int attempts, refused;

static void must_fail(const char *call, const char *path, int error) {
  attempts++;
  if (error != 0) refused++;
  else printf("%s %s: not refused\n", call, path);
}

static void attack(__wasi_fd_t root, const char *path) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  __wasi_size_t used;
  uint8_t bytes[256];
  const __wasi_rights_t all = FILE_RIGHTS;
  const int flags[] = {0, __WASI_OFLAGS_CREAT, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_OFLAGS_TRUNC,
                       __WASI_OFLAGS_DIRECTORY};
  for (int lookup = 0; lookup <= (int)FOLLOW; lookup++) {
    for (int i = 0; i < 5; i++) {
      must_fail("path_open to read", path, __wasi_path_open(root, lookup, path, flags[i], __WASI_RIGHTS_FD_READ, 0, 0, &fd));
      must_fail("path_open to write", path, __wasi_path_open(root, lookup, path, flags[i], all, 0, 0, &fd));
      must_fail("path_open to append", path,
                __wasi_path_open(root, lookup, path, flags[i], all, 0, __WASI_FDFLAGS_APPEND, &fd));
    }
    must_fail("path_filestat_get", path, __wasi_path_filestat_get(root, lookup, path, &stat));
    must_fail("path_filestat_set_times", path, __wasi_path_filestat_set_times(root, lookup, path, 1, 1, 1 | 4));
    must_fail("path_link from", path, __wasi_path_link(root, lookup, path, root, "linked"));
  }
  must_fail("path_link to", path, __wasi_path_link(root, 0, "own", root, path));
  must_fail("path_symlink", path, __wasi_path_symlink("own", root, path));
  must_fail("path_readlink", path, __wasi_path_readlink(root, path, bytes, sizeof bytes, &used));
  must_fail("path_rename from", path, __wasi_path_rename(root, path, root, "renamed"));
  must_fail("path_rename to", path, __wasi_path_rename(root, "own", root, path));
  must_fail("path_create_directory", path, __wasi_path_create_directory(root, path));
  must_fail("path_remove_directory", path, __wasi_path_remove_directory(root, path));
  must_fail("path_unlink_file", path, __wasi_path_unlink_file(root, path));
}

/* What a link at the end of a path leads to is not touched by calls on the link itself; so only those that follow are tried. */
static void attack_link(__wasi_fd_t root, const char *path) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  must_fail("path_open of a link", path, __wasi_path_open(root, 0, path, 0, FILE_RIGHTS, 0, 0, &fd));
  must_fail("path_open through a link", path, __wasi_path_open(root, FOLLOW, path, 0, FILE_RIGHTS, 0, 0, &fd));
  must_fail("path_open through a link", path,
            __wasi_path_open(root, FOLLOW, path, __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, 0, &fd));
  must_fail("path_open through a link", path,
            __wasi_path_open(root, FOLLOW, path, __WASI_OFLAGS_TRUNC, FILE_RIGHTS, 0, 0, &fd));
  must_fail("path_open through a link", path,
            __wasi_path_open(root, FOLLOW, path, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &fd));
  must_fail("path_filestat_get through a link", path, __wasi_path_filestat_get(root, FOLLOW, path, &stat));
  must_fail("path_filestat_set_times through a link", path,
            __wasi_path_filestat_set_times(root, FOLLOW, path, 1, 1, 1 | 4));
  must_fail("path_link through a link", path, __wasi_path_link(root, FOLLOW, path, root, "linked"));
  char slashed[300];
  snprintf(slashed, sizeof slashed, "%s/", path);
  must_fail("path_filestat_get with a slash", slashed, __wasi_path_filestat_get(root, 0, slashed, &stat));
  must_fail("path_create_directory at a link", path, __wasi_path_create_directory(root, path));
  must_fail("path_remove_directory of a link", path, __wasi_path_remove_directory(root, path));
  must_fail("path_remove_directory with a slash", slashed, __wasi_path_remove_directory(root, slashed));
}

static void attack_below(__wasi_fd_t root, const char *directory) {
  static const char *const names[] = {"secret", "new", "sub", "sub/secret", "..", "sub/../secret"};
  for (int i = 0; i < 6; i++) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, names[i]);
    attack(root, path);
  }
}

int main(int argc, char **argv) {
  (void)!__wasi_path_create_directory(ROOT, "dir");
  make("own", "own");
  /* Links of the guest's own that lead out; those that are absolute are refused at once. */
  static const char *const out[] = {"..", "../outside", "../data-outside", "dir/../../outside", "made-1", "./dir/../.."};
  char name[32];
  for (int i = 0; i < 6; i++) {
    snprintf(name, sizeof name, "made-%d", i);
    say("path_symlink", __wasi_path_symlink(out[i], ROOT, name));
  }
  must_fail("path_symlink", "absolute", __wasi_path_symlink("/", ROOT, "absolute"));
  must_fail("path_symlink", "absolute", __wasi_path_symlink("/etc/passwd", ROOT, "absolute"));
  for (int i = 0; i < 6; i++) {
    snprintf(name, sizeof name, "made-%d", i);
    attack_link(ROOT, name);
    attack_below(ROOT, name);
  }
  /* Links of the host's. */
  static const char *const given[] = {"host-relative", "host-absolute", "host-chain", "host-secret", "dir-link/up", "host-proc"};
  for (int i = 0; i < 6; i++) {
    attack_link(ROOT, given[i]);
    attack_below(ROOT, given[i]);
  }
  /* Paths that lead out, from each directory, and from one that was opened in it. */
  __wasi_fd_t inner;
  say("open", __wasi_path_open(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY, ((1 << 27) - 1) & ~0x4001e7, FILE_RIGHTS, 0, &inner));
  for (int i = 1; i < argc; i++) {
    attack(ROOT, argv[i]);
    attack(ROOT + 1, argv[i]);
    attack(inner, argv[i]);
    if (argv[i][0] == '/') continue;
    char deeper[300];
    snprintf(deeper, sizeof deeper, "dir/../%s", argv[i]);
    attack(ROOT, deeper);
  }
  attack(inner, "../own");
  attack(inner, "../dir/../own");
  /* From one directory into the one beside it. */
  attack(ROOT, "../data-beside/secret");
  attack(ROOT + 1, "../data/own");
  /* What is allowed: between the two that are given, by their descriptors. */
  say("rename into the other directory", __wasi_path_rename(ROOT, "own", ROOT + 1, "moved"));
  say("and back", __wasi_path_rename(ROOT + 1, "moved", ROOT, "own"));
  show("own", "own");
  show("by a link within", "host-within");
  show("by an absolute link within", "host-absolute-within");
  printf("%d attempts, %d not refused\n", attempts > 1000 ? 1000 : attempts, attempts - refused);
}
