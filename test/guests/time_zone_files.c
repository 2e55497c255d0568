/* Time zones as files of transitions (TZif), which this program writes itself: of both versions, with and without rules for the
 * future, and some that are none. */
#include "say.h"

#include <sys/stat.h>

struct type {
  int offset, is_dst, name; /* where in `names` it begins */
};

struct content {
  int version;
  int transition_count, type_count, name_length;
  long long times[8];
  int indices[8];
  struct type types[6];
  const char *names;
  const char *rules; /* NULL for no footer */
};

static const struct content with_rules = {
    2, 6, 4, 14, {-2422054408LL, -1693706400, -1680483600, 338950800, 354675600, 2140045200LL}, {1, 2, 1, 2, 3, 2},
    {{3208, 0, 0}, {3600, 0, 4}, {7200, 1, 8}, {3600, 0, 4}}, "LMT\0CET\0CEST\0", "CET-1CEST,M3.5.0,M10.5.0/3"};
static const struct content without_rules = {
    2, 3, 3, 12, {-1000000000, 500000000, 1500000000}, {1, 2, 1}, {{-1800, 0, 0}, {-3600, 0, 4}, {0, 1, 8}},
    "LMT\0ABC\0ABD\0", ""};
static const struct content first_version = {
    1, 2, 2, 8, {100000000, 1600000000}, {1, 0}, {{20700, 0, 0}, {19800, 0, 4}}, "NPT\0IST\0", NULL};
static const struct content fixed = {2, 0, 1, 4, {0}, {0}, {{32400, 0, 0}}, "JST\0", "JST-9"};

static void put(FILE *file, long long value, int width) {
  for (int i = width - 1; i >= 0; i--) fputc((int)(value >> 8 * i) & 0xff, file);
}

static void put_block(FILE *file, const struct content *content, int version, int width) {
  fwrite("TZif", 1, 4, file);
  fputc(version == 1 ? 0 : '0' + version, file);
  for (int i = 0; i < 15; i++) fputc(0, file);
  put(file, 0, 4);
  put(file, 0, 4);
  put(file, 0, 4);
  put(file, content->transition_count, 4);
  put(file, content->type_count, 4);
  put(file, content->name_length, 4);
  for (int i = 0; i < content->transition_count; i++) put(file, content->times[i], width);
  for (int i = 0; i < content->transition_count; i++) fputc(content->indices[i], file);
  for (int i = 0; i < content->type_count; i++) {
    put(file, content->types[i].offset, 4);
    fputc(content->types[i].is_dst, file);
    fputc(content->types[i].name, file);
  }
  fwrite(content->names, 1, (size_t)content->name_length, file);
}

static void write_zone(const char *path, const struct content *content) {
  FILE *file = fopen(path, "w");
  if (!file) exit(1);
  put_block(file, content, content->version, 4);
  if (content->version > 1) put_block(file, content, content->version, 8);
  if (content->rules) fprintf(file, "\n%s\n", content->rules);
  fclose(file);
}

static void show(const char *name) {
  static const long long times[] = {-3000000000LL, -2422054409LL, -2422054408LL, -1700000000, -1693706400, -1000000000,
                                    -1, 0, 99999999, 100000000, 338950799, 338950800, 354675600, 500000000, 1500000000,
                                    1600000000, 1719792000, 1735689600, 2140045199LL, 2140045200LL, 4102444800LL,
                                    4118083200LL};
  printf("== %s: %s %s %ld %d\n", name, tzname[0], tzname[1], timezone, daylight);
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    char text[64];
    time_t at = times[i];
    struct tm broken = *localtime(&at);
    strftime(text, sizeof text, "%F %T %z %Z", &broken);
    time_t back = mktime(&broken);
    printf("%lld: %s dst %d, back %d\n", times[i], text, broken.tm_isdst, back == at);
  }
}

static void use(const char *name, const char *value) {
  setenv("TZ", value, 1);
  tzset();
  show(name);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    const struct content *content;
  } files[] = {{"with_rules", &with_rules}, {"without_rules", &without_rules}, {"first_version", &first_version},
               {"fixed", &fixed}};
  char path[512], value[600];
  if (argc < 2) return 1;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", argv[1], files[i].name);
    write_zone(path, files[i].content);
    snprintf(value, sizeof value, ":%s", path);
    use(files[i].name, value);
  }
  use("without the colon", path);
  setenv("TZDIR", argv[1], 1);
  use("by TZDIR", "with_rules");
  use("by TZDIR, with the colon", ":fixed");
  use("by TZDIR, where there is none", "missing");
  snprintf(path, sizeof path, "%s/broken", argv[1]);
  FILE *file = fopen(path, "w");
  fputs("TZif2 and nothing else that would make a file of it, but bytes enough for a header", file);
  fclose(file);
  use("broken", "broken");
  snprintf(path, sizeof path, "%s/cut", argv[1]);
  write_zone(path, &with_rules);
  truncate(path, 150);
  use("cut", "cut");
  return 0;
}
