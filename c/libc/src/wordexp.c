/* wordexp(3) without a shell: tildes, variables, quotes, fields and patterns; a command is an error. */
#include <ctype.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wordexp.h>

/* A word under way. Bytes that were quoted have a backslash before them in `pattern`, which glob takes off. */
typedef struct {
  char *text, *pattern;
  size_t text_length, pattern_length, room;
  int is_word, is_pattern;
} Word;

typedef struct {
  wordexp_t *words;
  size_t offset;
  int flags;
  Word word;
} State;

static int put(Word *word, char byte, int is_quoted) {
  if (word->pattern_length + 3 > word->room) {
    size_t room = word->room ? word->room * 2 : 64;
    char *text = realloc(word->text, room);
    if (text) word->text = text;
    char *pattern = realloc(word->pattern, room);
    if (pattern) word->pattern = pattern;
    if (!text || !pattern) return WRDE_NOSPACE;
    word->room = room;
  }
  if (is_quoted || byte == '\\') word->pattern[word->pattern_length++] = '\\';
  word->text[word->text_length++] = word->pattern[word->pattern_length++] = byte;
  if (!is_quoted && strchr("*?[", byte)) word->is_pattern = 1;
  word->is_word = 1;
  return 0;
}

static int add(State *state, const char *text) {
  wordexp_t *words = state->words;
  size_t count = state->offset + words->we_wordc;
  char *copy = strdup(text), **longer = realloc(words->we_wordv, (count + 2) * sizeof *longer);
  if (longer) words->we_wordv = longer;
  if (!copy || !longer) {
    free(copy);
    return WRDE_NOSPACE;
  }
  longer[count] = copy;
  longer[count + 1] = NULL;
  words->we_wordc++;
  return 0;
}

static int add_matches(State *state, const char *pattern, const char *text) {
  glob_t found;
  int error = glob(pattern, 0, NULL, &found);
  if (error == GLOB_NOSPACE) return WRDE_NOSPACE;
  if (error) return add(state, text);
  for (size_t i = 0; i < found.gl_pathc && !error; i++) error = add(state, found.gl_pathv[i]);
  globfree(&found);
  return error;
}

/* The word is over. */
static int finish(State *state) {
  Word *word = &state->word;
  if (!word->is_word) return 0;
  if (!word->text) return add(state, "");
  word->text[word->text_length] = word->pattern[word->pattern_length] = '\0';
  int error = word->is_pattern ? add_matches(state, word->pattern, word->text) : add(state, word->text);
  word->text_length = word->pattern_length = 0;
  word->is_word = word->is_pattern = 0;
  return error;
}

/* A part of IFS: several blanks part two words as one does, of other bytes each ends a word. */
static int finish_field(State *state, char part) {
  if (!isspace((unsigned char)part)) state->word.is_word = 1;
  return finish(state);
}

/* Puts a value: outside of quotes what IFS has parts it into words. */
static int put_value(State *state, const char *value, int is_quoted) {
  const char *parts = getenv("IFS");
  if (!parts) parts = " \t\n";
  for (int error = 0; *value; value++) {
    if (is_quoted || !strchr(parts, *value))
      error = put(&state->word, *value, is_quoted);
    else
      error = finish_field(state, *value);
    if (error) return error;
  }
  return 0;
}

static int is_name_byte(char byte) { return isalnum((unsigned char)byte) || byte == '_'; }

static const char *value_of(const char *start, size_t length) {
  char name[256];
  if (length >= sizeof name) return NULL;
  memcpy(name, start, length);
  name[length] = '\0';
  return getenv(name);
}

static int expand(State *state, const char *text, const char *end, int is_quoted);

/* The brace that ends ${...}, or NULL. */
static const char *closing(const char *at, const char *end) {
  int depth = 0;
  for (; at < end; at++) {
    if (*at == '\\' && at + 1 < end)
      at++;
    else if (*at == '{')
      depth++;
    else if (*at == '}' && depth-- == 0)
      return at;
  }
  return NULL;
}

static int put_length(State *state, const char *value) {
  char digits[24];
  snprintf(digits, sizeof digits, "%zu", value ? strlen(value) : 0);
  return put_value(state, digits, 0);
}

static int complain(State *state, const char *name, int length, const char *message, int rest) {
  if (state->flags & WRDE_SHOWERR)
    fprintf(stderr, "%.*s: %.*s\n", length, name, rest ? rest : 22, rest ? message : "parameter null or not set");
  return WRDE_BADVAL;
}

/* ${name}, ${#name} and ${name:-word} with its kin. */
static int put_braced(State *state, const char *at, const char *end, int is_quoted) {
  int is_length = *at == '#' && at + 1 < end;
  const char *name = at + is_length;
  for (at = name; at < end && is_name_byte(*at);) at++;
  size_t length = (size_t)(at - name);
  const char *value = value_of(name, length);
  if (length == 0 || (isdigit((unsigned char)*name) && at < end)) return WRDE_SYNTAX;
  if (is_length) return at == end ? put_length(state, value) : WRDE_SYNTAX;
  int takes_empty = at < end && *at == ':', is_set = value && (!takes_empty || *value);
  if (takes_empty) at++;
  char how = at < end ? *at : '\0';
  if (!how && (state->flags & WRDE_UNDEF) && !value) return WRDE_BADVAL;
  if (!how) return takes_empty ? WRDE_SYNTAX : put_value(state, value ? value : "", is_quoted);
  if (how == '+') return is_set ? expand(state, at + 1, end, is_quoted) : 0;
  if (!strchr("-=?", how)) return WRDE_SYNTAX;
  if (is_set) return put_value(state, value, is_quoted);
  if (how == '?') return complain(state, name, (int)length, at + 1, (int)(end - at - 1));
  return expand(state, at + 1, end, is_quoted);
}

/* What stands behind a $; *place is moved behind it. */
static int put_dollar(State *state, const char **place, const char *end, int is_quoted) {
  const char *at = *place + 1, *last = at;
  if (at < end && *at == '(') return WRDE_CMDSUB;
  if (at < end && *at == '{') {
    if (!(last = closing(at + 1, end))) return WRDE_SYNTAX;
    *place = last + 1;
    return put_braced(state, at + 1, last, is_quoted);
  }
  if (at < end && *at == '$') {
    char digits[16];
    snprintf(digits, sizeof digits, "%d", (int)getpid());
    *place = at + 1;
    return put_value(state, digits, is_quoted);
  }
  if (at < end && (isalpha((unsigned char)*at) || *at == '_'))
    while (last < end && is_name_byte(*last)) last++;
  *place = last;
  if (last == at) return put(&state->word, '$', is_quoted);
  const char *value = value_of(at, (size_t)(last - at));
  if (!value && (state->flags & WRDE_UNDEF)) return WRDE_BADVAL;
  return put_value(state, value ? value : "", is_quoted);
}

static int put_tilde(State *state, const char **place, const char *end) {
  const char *at = *place + 1, *last = at;
  char name[256];
  while (last < end && (is_name_byte(*last) || *last == '-' || *last == '.')) last++;
  size_t length = (size_t)(last - at);
  int is_whole = last == end || strchr("/ \t\n:", *last) != NULL;
  const char *home = NULL;
  struct passwd *user = NULL;
  if (is_whole && length == 0 && !(home = getenv("HOME"))) user = getpwuid(getuid());
  if (is_whole && length > 0 && length < sizeof name) {
    memcpy(name, at, length);
    name[length] = '\0';
    user = getpwnam(name);
  }
  if (!home && user) home = user->pw_dir;
  *place = home ? last : at;
  return home ? put_value(state, home, 1) : put(&state->word, '~', 0);
}

/* What stands between double quotes; *place is moved behind the second one. */
static int put_quoted(State *state, const char **place, const char *end) {
  state->word.is_word = 1;
  for (const char *at = *place + 1; at < end;) {
    int error = 0;
    if (*at == '"') {
      *place = at + 1;
      return 0;
    }
    if (*at == '`') return WRDE_CMDSUB;
    if (*at == '\\' && at + 1 < end && strchr("$`\"\\\n", at[1])) {
      if (at[1] != '\n') error = put(&state->word, at[1], 1);
      at += 2;
    } else if (*at == '$') {
      error = put_dollar(state, &at, end, 1);
    } else {
      error = put(&state->word, *at++, 1);
    }
    if (error) return error;
  }
  return WRDE_SYNTAX;
}

static int put_literally(State *state, const char **place, const char *end) {
  state->word.is_word = 1;
  for (const char *at = *place + 1; at < end; at++) {
    if (*at == '\'') {
      *place = at + 1;
      return 0;
    }
    int error = put(&state->word, *at, 1);
    if (error) return error;
  }
  return WRDE_SYNTAX;
}

static int put_escaped(State *state, const char **place, const char *end) {
  const char *at = *place + 1;
  if (at >= end) return WRDE_SYNTAX;
  *place = at + 1;
  return *at == '\n' ? 0 : put(&state->word, *at, 1);
}

static int is_forbidden(char byte) { return strchr("|&;<>(){}\n", byte) != NULL; }

static int expand(State *state, const char *at, const char *end, int is_quoted) {
  while (at < end) {
    int error = 0;
    if (*at == '`')
      error = WRDE_CMDSUB;
    else if (*at == '\'' && !is_quoted)
      error = put_literally(state, &at, end);
    else if (*at == '"')
      error = put_quoted(state, &at, end);
    else if (*at == '\\')
      error = put_escaped(state, &at, end);
    else if (*at == '$')
      error = put_dollar(state, &at, end, is_quoted);
    else if (*at == '~' && !is_quoted && !state->word.is_word)
      error = put_tilde(state, &at, end);
    else if (!is_quoted && (*at == ' ' || *at == '\t'))
      at++, error = finish(state);
    else if (!is_quoted && is_forbidden(*at))
      error = WRDE_BADCHAR;
    else
      error = put(&state->word, *at++, is_quoted);
    if (error) return error;
  }
  return 0;
}

static int prepare(State *state) {
  wordexp_t *words = state->words;
  if (state->flags & WRDE_REUSE) wordfree(words);
  state->offset = state->flags & WRDE_DOOFFS ? words->we_offs : 0;
  if (state->flags & WRDE_APPEND) return 0;
  words->we_wordc = 0;
  words->we_wordv = calloc(state->offset + 1, sizeof *words->we_wordv);
  if (!(state->flags & WRDE_DOOFFS)) words->we_offs = 0;
  return words->we_wordv ? 0 : WRDE_NOSPACE;
}

/* With every error but WRDE_NOSPACE the words are those from before. */
int wordexp(const char *restrict text, wordexp_t *restrict words, int flags) {
  State state = {.words = words, .flags = flags};
  wordexp_t before = *words;
  int error = prepare(&state);
  size_t count = words->we_wordc;
  if (!error) error = expand(&state, text, text + strlen(text), 0);
  if (!error) error = finish(&state);
  free(state.word.text);
  free(state.word.pattern);
  if (!error || error == WRDE_NOSPACE) return error;
  while (words->we_wordc > count) free(words->we_wordv[state.offset + --words->we_wordc]);
  words->we_wordv[state.offset + count] = NULL;
  if (!(flags & (WRDE_APPEND | WRDE_REUSE))) {
    free(words->we_wordv);
    *words = before;
  }
  return error;
}

void wordfree(wordexp_t *words) {
  if (!words->we_wordv) return;
  for (size_t i = 0; i < words->we_wordc; i++) free(words->we_wordv[words->we_offs + i]);
  free(words->we_wordv);
  words->we_wordv = NULL;
  words->we_wordc = 0;
}
