/* A program is one module, and has no names of its functions: nothing can be loaded, and nothing be found by name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

static char reason[256];
static int is_reported = 1;

static void fail(const char *name, const char *why) {
  snprintf(reason, sizeof reason, "%s%s%s", name ? name : "", name ? ": " : "", why);
  is_reported = 0;
}

/* dlerror(3): "returns NULL if no errors have occurred since initialization or since it was last called". */
char *dlerror(void) {
  if (is_reported) return NULL;
  is_reported = 1;
  return reason;
}

void *dlopen(const char *path, int flags) {
  (void)flags;
  fail(path, "dynamic loading is not supported");
  return NULL;
}

void *dlsym(void *restrict library, const char *restrict name) {
  (void)library;
  fail(name, "symbol not found");
  return NULL;
}

int dlclose(void *library) {
  (void)library;
  fail(NULL, "invalid library handle");
  return -1;
}

/* dladdr(3): 0 for an address that matches no object. */
int dladdr(const void *address, Dl_info *info) {
  (void)address, (void)info;
  return 0;
}

int dlinfo(void *library, int request, void *info) {
  (void)library, (void)request, (void)info;
  fail(NULL, "invalid library handle");
  return -1;
}
