/* <wordexp.h>: words as the shell makes them, without one. */
#include "say.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <wordexp.h>

static const char *meaning(int error) {
  switch (error) {
    case 0: return "words";
    case WRDE_BADCHAR: return "BADCHAR";
    case WRDE_BADVAL: return "BADVAL";
    case WRDE_CMDSUB: return "CMDSUB";
    case WRDE_SYNTAX: return "SYNTAX";
    case WRDE_NOSPACE: return "NOSPACE";
    default: return "another error";
  }
}

static void expand(const char *text, int flags) {
  wordexp_t words;
  memset(&words, 0, sizeof words);
  int error = wordexp(text, &words, flags);
  printf("%s -> %s", text, meaning(error));
  if (error == 0) {
    printf(" %zu:", words.we_wordc);
    for (size_t i = 0; i < words.we_wordc; i++) printf(" <%s>", words.we_wordv[i]);
    printf("%s", words.we_wordv[words.we_wordc] ? " and no end" : "");
    wordfree(&words);
  }
  printf("\n");
}

static void append(void) {
  wordexp_t words;
  words.we_offs = 2;
  say("with two places before", wordexp("one two", &words, WRDE_DOOFFS));
  say("and more", wordexp("three", &words, WRDE_DOOFFS | WRDE_APPEND));
  say("and nonsense", wordexp("four ;", &words, WRDE_DOOFFS | WRDE_APPEND) == WRDE_BADCHAR);
  printf("%zu words, %s %s %s %s\n", words.we_wordc, words.we_wordv[0] || words.we_wordv[1] ? "something" : "nothing",
         words.we_wordv[2], words.we_wordv[3], words.we_wordv[4]);
  say("again", wordexp("only", &words, WRDE_DOOFFS | WRDE_REUSE));
  printf("%zu words, %s\n", words.we_wordc, words.we_wordv[2]);
  wordfree(&words);
}

static void touch(const char *name) { close(MUST(open(name, O_CREAT | O_WRONLY, 0644))); }

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count > 1) MUST(chdir(arguments[1]));
  touch("a.c");
  touch("b.c");
  touch("c.h");
  touch("with space.c");
  setenv("NAME", "value", 1);
  setenv("WORDS", "  two   words ", 1);
  setenv("STARS", "*.h", 1);
  setenv("EMPTY", "", 1);
  setenv("HOME", "/home/user", 1);
  unsetenv("UNSET");
  unsetenv("IFS");
  static const char *const texts[] = {
      "", "  ", "one", " one  two\tthree ", "'one two' three", "\"one two\" three", "a\\ b c", "''", "\"\"", "a''b",
      "$NAME", "${NAME}", "x${NAME}y", "\"$NAME\"", "'$NAME'", "\\$NAME", "$UNSET", "a$UNSET", "\"$UNSET\"",
      "$WORDS", "\"$WORDS\"", "$EMPTY x", "$", "a$ b", "${#NAME}", "${UNSET:-other}", "${NAME:-other}",
      "${EMPTY:-other}", "${EMPTY-other}", "${UNSET:-a b}", "${NAME:+set}", "${UNSET:+set}",
      "~", "~/file", "a~", "\"~\"", "~nobody-by-this-name/x", "x:~",
      "*.c", "\"*.c\"", "\\*.c", "\"$STARS\"", "*.none", "[ab].c", "?.h",
      "$(command)", "`command`", "\"`command`\"", "a | b", "a & b", "a ; b", "a < b", "a > b", "(a)", "{a}", "a\nb",
      "'open", "\"open", "${NAME", "${}", "a\\\nb", "# hash", "a#b", "$NAME$NAME", "\"a $NAME b\"c", "${NAME}*",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expand(texts[i], WRDE_NOCMD);
  expand("$UNSET", WRDE_UNDEF | WRDE_NOCMD);
  expand("${NAME}", WRDE_UNDEF | WRDE_NOCMD);
  append();
  return 0;
}
