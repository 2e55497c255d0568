#include "process_name.h"

#include <string.h>

#include "program_name.h"

static char name[LONGEST_NAME + 1];

void __posix_set_process_name(const char *given) {
  strncpy(name, given, LONGEST_NAME);
  name[LONGEST_NAME] = '\0';
}

const char *__posix_process_name(void) {
  if (!*name) __posix_set_process_name(__posix_program_name());
  return name;
}
