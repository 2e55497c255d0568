/* A zone's file of transitions: TZif, RFC 8536. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "zone.h"

enum { HEADER = 44, TYPE = 6, MOST_TYPES = 256 };

/* One block of a file, by its header: how many of each there are, and where its parts begin. */
struct block {
  int width; /* of a time: 4 bytes in the first block, 8 in the second */
  size_t transitions, types, letters;
  const unsigned char *times, *indices, *type, *names, *end;
};

static struct {
  size_t count;
  long long *times;
  unsigned char *indices; /* of the period that begins at each time */
  size_t period_count;
  struct zone_period *periods;
  int has_rules; /* of what comes after the last transition */
  struct zone_rules rules;
} zone;

static long long big_endian(const unsigned char *bytes, int width) {
  unsigned long long value = bytes[0] & 0x80 ? ~0ULL : 0;
  for (int i = 0; i < width; i++) value = value << 8 | bytes[i];
  return (long long)value;
}

static size_t count_at(const unsigned char *header, int index) {
  return (size_t)(unsigned)big_endian(header + 20 + 4 * index, 4);
}

/* Finds the parts of a block; 0 if it is none, or not whole. */
static int find_block(const unsigned char *at, size_t size, int width, struct block *block) {
  if (size < HEADER || memcmp(at, "TZif", 4) != 0) return 0;
  size_t counts[6];
  for (int i = 0; i < 6; i++)
    if ((counts[i] = count_at(at, i)) > size) return 0;
  size_t universal = counts[0], standard = counts[1], leaps = counts[2];
  *block = (struct block){.width = width, .transitions = counts[3], .types = counts[4], .letters = counts[5]};
  if (block->types == 0 || block->types > MOST_TYPES || block->letters == 0) return 0;
  block->times = at + HEADER;
  block->indices = block->times + block->transitions * (size_t)width;
  block->type = block->indices + block->transitions;
  block->names = block->type + block->types * TYPE;
  block->end = block->names + block->letters + leaps * ((size_t)width + 4) + standard + universal;
  return (size_t)(block->end - at) <= size && block->names[block->letters - 1] == '\0';
}

static int read_periods(const struct block *block) {
  zone.periods = calloc(block->types, sizeof *zone.periods);
  if (!zone.periods) return 0;
  zone.period_count = block->types;
  for (size_t i = 0; i < block->types; i++) {
    const unsigned char *type = block->type + i * TYPE;
    if (type[5] >= block->letters) return 0;
    const char *name = (const char *)block->names + type[5];
    zone.periods[i] = (struct zone_period){.offset = (int)big_endian(type, 4), .is_dst = type[4] != 0,
                                           .name = __posix_zone_name(name, strlen(name))};
  }
  return 1;
}

static int read_transitions(const struct block *block) {
  zone.times = malloc((block->transitions + 1) * sizeof *zone.times);
  zone.indices = malloc(block->transitions + 1);
  if (!zone.times || !zone.indices) return 0;
  zone.count = block->transitions;
  for (size_t i = 0; i < block->transitions; i++) {
    zone.times[i] = big_endian(block->times + i * (size_t)block->width, block->width);
    zone.indices[i] = block->indices[i];
    if (zone.indices[i] >= block->types) return 0;
  }
  return 1;
}

/* The text between two line ends after the second block. */
static void read_footer(const unsigned char *from, const unsigned char *end) {
  char text[128];
  size_t length = 0;
  if (from == end || *from++ != '\n') return;
  while (from + length < end && from[length] != '\n' && length + 1 < sizeof text) length++;
  memcpy(text, from, length);
  text[length] = '\0';
  zone.has_rules = length > 0;
  if (zone.has_rules) __posix_read_rules(text, &zone.rules);
}

void __posix_forget_zone_file(void) {
  free(zone.times);
  free(zone.indices);
  free(zone.periods);
  memset(&zone, 0, sizeof zone);
}

int __posix_read_zone_file(const unsigned char *bytes, size_t size) {
  struct block first, second, *block = &first;
  __posix_forget_zone_file();
  if (!find_block(bytes, size, 4, &first)) return 0;
  int has_second = bytes[4] >= '2';
  if (has_second) {
    block = &second;
    if (!find_block(first.end, (size_t)(bytes + size - first.end), 8, &second)) return 0;
  }
  if (!read_periods(block) || !read_transitions(block)) {
    __posix_forget_zone_file();
    return 0;
  }
  if (has_second) read_footer(second.end, bytes + size);
  return 1;
}

/* Before the first transition: the first period that is standard time. */
static struct zone_period first_period(void) {
  for (size_t i = 0; i < zone.period_count; i++)
    if (!zone.periods[i].is_dst) return zone.periods[i];
  return zone.periods[0];
}

struct zone_period __posix_zone_file_at(long long time) {
  size_t low = 0, high = zone.count; /* the transitions before `low` are past, those from `high` on are to come */
  if (zone.has_rules && (zone.count == 0 || time >= zone.times[zone.count - 1]))
    return __posix_rules_at(&zone.rules, time);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (zone.times[middle] <= time)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? first_period() : zone.periods[zone.indices[low - 1]];
}

void __posix_zone_file_names(struct zone_period periods[2]) {
  periods[0] = periods[1] = first_period();
  for (size_t i = 0; i < zone.count; i++) {
    struct zone_period period = zone.periods[zone.indices[i]];
    periods[period.is_dst] = period;
  }
}
