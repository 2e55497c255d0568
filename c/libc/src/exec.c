/* There is nothing that could become of this program, nor be started beside it. */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include "result.h"

int execve(const char *path, char *const arguments[], char *const environment[]) {
  (void)path, (void)arguments, (void)environment;
  return result(-ENOSYS);
}

int execv(const char *path, char *const arguments[]) { return execve(path, arguments, NULL); }
int execvp(const char *file, char *const arguments[]) { return execve(file, arguments, NULL); }
int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  return execve(file, arguments, environment);
}

int fexecve(int fd, char *const arguments[], char *const environment[]) {
  (void)fd;
  return execve(NULL, arguments, environment);
}

int execl(const char *path, const char *argument, ...) {
  (void)argument;
  return execve(path, NULL, NULL);
}

int execlp(const char *file, const char *argument, ...) {
  (void)argument;
  return execve(file, NULL, NULL);
}

int execle(const char *path, const char *argument, ...) {
  (void)argument;
  return execve(path, NULL, NULL);
}

/* posix_spawn answers the errno itself. */
int posix_spawn(pid_t *restrict process, const char *restrict path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *restrict attributes, char *const *restrict arguments,
                char *const *restrict environment) {
  (void)process, (void)path, (void)actions, (void)attributes, (void)arguments, (void)environment;
  return ENOSYS;
}

int posix_spawnp(pid_t *restrict process, const char *restrict file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const *restrict arguments,
                 char *const *restrict environment) {
  return posix_spawn(process, file, actions, attributes, arguments, environment);
}

int posix_spawnattr_init(posix_spawnattr_t *attributes) {
  memset(attributes, 0, sizeof *attributes);
  return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes) {
  (void)attributes;
  return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags) {
  attributes->__flags = flags;
  return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t *restrict attributes, short *restrict flags) {
  *flags = attributes->__flags;
  return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attributes, pid_t group) {
  attributes->__group = group;
  return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attributes, const sigset_t *restrict mask) {
  attributes->__mask = *mask;
  return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attributes, const sigset_t *restrict signals) {
  attributes->__default = *signals;
  return 0;
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions) {
  actions->__count = 0;
  return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions) {
  (void)actions;
  return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd, const char *restrict path,
                                     int flags, mode_t mode) {
  (void)path, (void)flags, (void)mode;
  actions->__count++;
  return fd < 0 ? EBADF : 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd) {
  actions->__count++;
  return fd < 0 ? EBADF : 0;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int to) {
  actions->__count++;
  return fd < 0 || to < 0 ? EBADF : 0;
}
