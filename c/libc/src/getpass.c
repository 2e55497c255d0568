/* getpass asks on standard error and reads standard input: there is no terminal to open, nor an echo to switch off. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *getpass(const char *prompt) {
  static char line[129];
  fputs(prompt, stderr);
  if (!fgets(line, sizeof line, stdin)) return NULL;
  line[strcspn(line, "\n")] = '\0';
  return line;
}
