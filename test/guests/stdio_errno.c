/* stdio leaves errno alone when it works: it asks whether a stream is a terminal, and that is its own affair. */
#include "say.h"

static char place[512];

static const char *in_place(const char *name) {
  static char path[600];
  snprintf(path, sizeof path, "%s/%s", place, name);
  return path;
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  snprintf(place, sizeof place, "%s", argv[1]);
  errno = 0;
  printf("the first line\n");
  fflush(stdout);
  int after_printf = errno;
  errno = ENOENT;
  fprintf(stderr, "%s", "");
  int after_stderr = errno;
  errno = 0;
  FILE *file = fopen(in_place("file"), "w");
  int after_fopen = errno;
  fputs("text\n", file);
  fflush(file);
  int after_fputs = errno;
  fclose(file);
  errno = 0;
  file = fopen(in_place("file"), "r+");
  char line[16];
  fgets(line, sizeof line, file);
  int after_fgets = errno;
  int descriptor = dup(fileno(file));
  fclose(file);
  errno = 0;
  file = fdopen(descriptor, "w");
  int after_fdopen = errno;
  setvbuf(file, NULL, _IOLBF, 0);
  fputs("more\n", file);
  int after_line = errno;
  fclose(file);
  int pipe_ends[2];
  MUST(pipe(pipe_ends));
  errno = 0;
  file = fdopen(pipe_ends[1], "w");
  fputs("through a pipe\n", file);
  fflush(file);
  int after_pipe = errno;
  printf("%s %s %s %s %s %s %s %s\n", errno_name(after_printf), errno_name(after_stderr), errno_name(after_fopen),
         errno_name(after_fputs), errno_name(after_fgets), errno_name(after_fdopen), errno_name(after_line),
         errno_name(after_pipe));
  say("isatty of a pipe", isatty(pipe_ends[0]) ? 1 : -1);
  say("isatty of nothing", isatty(99) ? 1 : -1);
  say("isatty of a file", isatty(MUST(open(in_place("file"), O_RDONLY))) ? 1 : -1);
  return 0;
}
