#include "colon_file.h"

#include <errno.h>
#include <string.h>

static int cut(char *line, char **fields, int most) {
  int count = 0;
  for (char *at = line; at && count < most; count++) {
    fields[count] = at;
    at = count + 1 < most ? strchr(at, ':') : NULL;
    if (at) *at++ = '\0';
  }
  return count;
}

int __posix_next_fields(FILE *file, char *buffer, size_t size, char **fields, int least, int most) {
  for (;;) {
    if (size < 2 || !fgets(buffer, (int)size, file)) return size < 2 ? -1 : 0;
    size_t length = strlen(buffer);
    if (length > 0 && buffer[length - 1] == '\n') {
      buffer[length - 1] = '\0';
    } else if (!feof(file)) {
      errno = ERANGE;
      return -1;
    }
    if (buffer[0] == '#') continue;
    int count = cut(buffer, fields, most);
    if (count >= least) return count;
  }
}
