/* Prints the local time of each moment in its arguments, and its environment. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char text[64];
    time_t at = atoll(argv[i]);
    strftime(text, sizeof text, "%F %T %z %Z", localtime(&at));
    puts(text);
  }
  for (char **variable = environ; *variable; variable++) puts(*variable);
  return 0;
}
