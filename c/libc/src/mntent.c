/* Tables of file systems: lines of six words, in which a blank is written as \040. */
#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>

FILE *setmntent(const char *path, const char *mode) { return fopen(path, mode); }

/* endmntent(3): "always returns 1". */
int endmntent(FILE *file) {
  if (file) fclose(file);
  return 1;
}

static int is_octal(const char *at) {
  return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' && at[2] >= '0' && at[2] <= '7';
}

static char *unescaped(char *word) {
  char *to = word;
  for (char *from = word; *from; to++) {
    if (from[0] == '\\' && is_octal(from + 1)) {
      *to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
      from += 4;
    } else if (from[0] == '\\' && from[1] == '\\') {
      *to = '\\';
      from += 2;
    } else {
      *to = *from++;
    }
  }
  *to = '\0';
  return word;
}

static char *next_word(char **rest) {
  char *word = strtok_r(NULL, " \t", rest);
  return word ? unescaped(word) : "";
}

/* Reads a line whole, of which `line` holds the beginning. 0 at the end. */
static int read_line(FILE *file, char *line, int size) {
  if (!fgets(line, size, file)) return 0;
  char *end = strchr(line, '\n');
  if (end)
    *end = '\0';
  else
    for (int c = getc(file); c != '\n' && c != EOF;) c = getc(file);
  return 1;
}

struct mntent *getmntent_r(FILE *file, struct mntent *entry, char *line, int size) {
  char *rest, *first;
  do {
    if (!read_line(file, line, size)) return NULL;
    first = strtok_r(line, " \t", &rest);
  } while (!first || *first == '#');
  entry->mnt_fsname = unescaped(first);
  entry->mnt_dir = next_word(&rest);
  entry->mnt_type = next_word(&rest);
  entry->mnt_opts = next_word(&rest);
  entry->mnt_freq = atoi(next_word(&rest));
  entry->mnt_passno = atoi(next_word(&rest));
  return entry;
}

struct mntent *getmntent(FILE *file) {
  static struct mntent entry;
  static char line[4096];
  return getmntent_r(file, &entry, line, sizeof line);
}

static void put_escaped(FILE *file, const char *word) {
  for (; *word; word++)
    if (strchr(" \t\n\\", *word))
      fprintf(file, "\\%03o", (unsigned char)*word);
    else
      putc(*word, file);
  putc(' ', file);
}

int addmntent(FILE *file, const struct mntent *entry) {
  if (fseek(file, 0, SEEK_END) != 0) return 1;
  put_escaped(file, entry->mnt_fsname);
  put_escaped(file, entry->mnt_dir);
  put_escaped(file, entry->mnt_type);
  put_escaped(file, entry->mnt_opts);
  fprintf(file, "%d %d\n", entry->mnt_freq, entry->mnt_passno);
  return fflush(file) != 0 || ferror(file);
}

char *hasmntopt(const struct mntent *entry, const char *option) {
  size_t length = strlen(option);
  for (char *at = entry->mnt_opts; (at = strstr(at, option)) != NULL; at += length)
    if ((at == entry->mnt_opts || at[-1] == ',') && (!at[length] || at[length] == ',' || at[length] == '=')) return at;
  return NULL;
}
