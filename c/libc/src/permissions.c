/* Owners, modes and kinds of files that WASI knows nothing of. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result.h"

/* The mask has no effect, since files have no modes; what was set is answered. */
mode_t umask(mode_t mask) {
  static mode_t now = 022;
  mode_t before = now;
  now = mask & 0777;
  return before;
}

/* WASI tells no permissions and sets none: to ask for those that stat(2) tells changes nothing, anything else is refused. */
int fchmodat(int directory, const char *path, mode_t mode, int flags) {
  struct stat file;
  if (fstatat(directory, path, &file, flags) < 0) return -1;
  return result((file.st_mode & 07777) == (mode & 07777) ? 0 : -ENOSYS);
}

int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }

int fchmod(int fd, mode_t mode) {
  struct stat file;
  if (fstat(fd, &file) < 0) return -1;
  return result((file.st_mode & 07777) == (mode & 07777) ? 0 : -ENOSYS);
}

static int keeps_owner(uid_t user, gid_t group) {
  return (user == (uid_t)-1 || user == getuid()) && (group == (gid_t)-1 || group == getgid());
}

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags) {
  struct stat file;
  if (fstatat(directory, path, &file, flags) < 0) return -1;
  return result(keeps_owner(user, group) ? 0 : -EPERM);
}

int chown(const char *path, uid_t user, gid_t group) { return fchownat(AT_FDCWD, path, user, group, 0); }
int lchown(const char *path, uid_t user, gid_t group) {
  return fchownat(AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t user, gid_t group) {
  struct stat file;
  if (fstat(fd, &file) < 0) return -1;
  return result(keeps_owner(user, group) ? 0 : -EPERM);
}

/* mknod(2): "EPERM: the file system does not support the type of node requested". */
int mknodat(int directory, const char *path, mode_t mode, dev_t device) {
  (void)directory, (void)path, (void)mode, (void)device;
  return result(-EPERM);
}

int mknod(const char *path, mode_t mode, dev_t device) { return mknodat(AT_FDCWD, path, mode, device); }
int mkfifoat(int directory, const char *path, mode_t mode) { return mknodat(directory, path, mode | S_IFIFO, 0); }
int mkfifo(const char *path, mode_t mode) { return mkfifoat(AT_FDCWD, path, mode); }
int chroot(const char *path) {
  (void)path;
  return result(-EPERM);
}

/* Locks that nobody else would see are none. */
int flock(int fd, int operation) {
  struct stat file;
  if (fstat(fd, &file) < 0) return -1;
  return result((operation & ~LOCK_NB) == LOCK_UN ? 0 : -ENOLCK);
}

int lockf(int fd, int command, off_t length) {
  (void)length;
  return command == F_ULOCK ? 0 : flock(fd, LOCK_EX);
}
