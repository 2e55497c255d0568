/* Small headers about texts: <error.h>, <libintl.h>, <mntent.h>, <netinet/ether.h>, <shadow.h>, names of <syslog.h>,
 * <dlfcn.h>, <execinfo.h>, <sys/random.h>, <malloc.h>. */
#define SYSLOG_NAMES
#include "say.h"

#include <dlfcn.h>
#include <error.h>
#include <execinfo.h>
#include <libintl.h>
#include <malloc.h>
#include <mntent.h>
#include <netinet/ether.h>
#include <shadow.h>
#include <stdint.h>
#include <sys/random.h>
#include <syslog.h>

extern int errno;

static void print_name(void) { fprintf(stderr, "program: "); }

static void errors(void) {
  fflush(stdout);
  MUST(dup2(1, 2));
  error_print_progname = print_name;
  error(0, 0, "a message with %d number", 1);
  error(0, ENOENT, "a message with a reason");
  error_at_line(0, 0, "file.c", 12, "a message of a line");
  error_one_per_line = 1;
  error_at_line(0, EPERM, "file.c", 13, "the first of its line");
  error_at_line(0, EPERM, "file.c", 13, "the second of its line");
  error_at_line(0, EPERM, "other.c", 13, "of another file");
  printf("%u messages\n", error_message_count);
}

static void messages(void) {
  printf("%s, %s, %s\n", gettext("plain"), dgettext("domain", "of a domain"), dcgettext("domain", "and category", 5));
  for (unsigned long count = 0; count < 3; count++) printf("%lu %s\n", count, ngettext("file", "files", count));
  printf("domain: %s", textdomain(NULL));
  printf(", %s", textdomain("other"));
  printf(", %s\n", textdomain(NULL));
  printf("bound: %s\n", bindtextdomain("other", "/somewhere"));
  printf("still: %s\n", bindtextdomain("other", NULL));
  printf("codeset: %s\n", bind_textdomain_codeset("other", NULL) ? "one" : "none");
  printf("codeset: %s\n", bind_textdomain_codeset("other", "UTF-8"));
}

static void print_entry(const struct mntent *entry) {
  if (!entry)
    printf("no entry\n");
  else
    printf("<%s> <%s> <%s> <%s> %d %d\n", entry->mnt_fsname, entry->mnt_dir, entry->mnt_type, entry->mnt_opts,
           entry->mnt_freq, entry->mnt_passno);
}

static void file_systems(void) {
  FILE *file = fopen("table", "w");
  fputs("# a comment\n\n/dev/sda1 / ext4 rw,relatime 1 2\n  /dev/sdb\t/with\\040blank\\134x  vfat defaults\n", file);
  fclose(file);
  struct mntent added = {"a b", "/c\\d", "tmpfs", "ro,size=5k", 0, 3};
  file = setmntent("table", "r+");
  say("addmntent", addmntent(file, &added));
  rewind(file);
  for (int i = 0; i < 4; i++) print_entry(getmntent(file));
  say("endmntent", endmntent(file));
  say_whether("no such table", setmntent("no-such-table", "r") == NULL);
  char *found = hasmntopt(&added, "size");
  printf("size: %s, ro: %s, siz: %s\n", found, hasmntopt(&added, "ro"), hasmntopt(&added, "siz") ? "found" : "none");
}

static void ethernet(void) {
  static const char *const texts[] = {"1:2:3:4:5:6", "00:1A:2b:3c:4d:5e", "1:2:3:4:5",       "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:g", "1:2:3:4:5:100",     "1-2-3-4-5-6", "1:2:3:4:5:6 host"};
  char text[32], name[64];
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct ether_addr *address = ether_aton(texts[i]);
    printf("%s: %s\n", texts[i], address ? ether_ntoa_r(address, text) : "no address");
  }
  struct ether_addr address;
  say("ether_line", ether_line("8:0:20:1:2:3 host.example # comment", &address, name));
  printf("%s %s\n", ether_ntoa(&address), name);
  say("without a name", ether_line("8:0:20:1:2:3", &address, name));
  say_whether("no host of that name", ether_hostton("no-such-host", &address) != 0);
  say_whether("no name of that host", ether_ntohost(name, &address) != 0);
}

static void passwords(void) {
  FILE *file = fopen("shadow", "w");
  fputs("root:$6$x:19000:0:99999:7:::\nuser:*:19001::::30::\n", file);
  fclose(file);
  file = fopen("shadow", "r+");
  struct spwd *entry;
  while ((entry = fgetspent(file)) != NULL)
    printf("%s %s %ld %ld %ld %ld %ld %ld\n", entry->sp_namp, entry->sp_pwdp, entry->sp_lstchg, entry->sp_min,
           entry->sp_max, entry->sp_warn, entry->sp_inact, entry->sp_expire);
  entry = sgetspent("text:secret:1:2:3:4:5:6:7");
  printf("%s %s %ld %lu\n", entry->sp_namp, entry->sp_pwdp, entry->sp_expire, entry->sp_flag);
  say("putspent", putspent(entry, stdout));
  fclose(file);
}

static void log_names(void) {
  for (CODE *each = prioritynames; each->c_name; each++) printf("%s %d ", each->c_name, each->c_val);
  printf("\n");
  int sum = 0;
  for (CODE *each = facilitynames; each->c_name; each++) sum += each->c_val;
  printf("facilities add up to %d\n", sum);
}

static void libraries(void) {
  say_whether("no error yet", dlerror() == NULL);
  say_whether("a library that is not there", dlopen("/no/such/library.so", RTLD_NOW) == NULL);
  say_whether("a reason", dlerror() != NULL);
  say_whether("once", dlerror() == NULL);
  say_whether("no such symbol", dlsym(RTLD_DEFAULT, "no_such_symbol_anywhere") == NULL);
  say_whether("a reason", dlerror() != NULL);
  Dl_info info;
  say("dladdr of nothing", dladdr((void *)8, &info));
  say("no frames", backtrace(NULL, 0));
}

static void memory(void) {
  static const size_t alignments[] = {1, 8, 16, 64, 4096};
  for (size_t i = 0; i < sizeof alignments / sizeof *alignments; i++) {
    void *place = memalign(alignments[i], 100);
    say_whether("aligned", place && (uintptr_t)place % alignments[i] == 0);
    free(place);
  }
  void *page = valloc(100);
  say_whether("at a page", page && (uintptr_t)page % (size_t)sysconf(_SC_PAGESIZE) == 0);
  free(page);
  setenv("SECRET", "value", 1);
  printf("secure_getenv: %s\n", secure_getenv("SECRET"));
  unsigned char one[64] = {0}, other[64] = {0};
  say("getrandom", getrandom(one, sizeof one, 0));
  say("getrandom", getrandom(other, sizeof other, GRND_NONBLOCK));
  say_whether("they differ", memcmp(one, other, sizeof one) != 0);
  say("of nothing", getrandom(one, 0, GRND_RANDOM));
  say("unknown flags", getrandom(one, 8, 0x80));
  say("two kinds at once", getrandom(one, 8, GRND_RANDOM | GRND_INSECURE));
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count > 1) MUST(chdir(arguments[1]));
  errors();
  messages();
  file_systems();
  ethernet();
  passwords();
  log_names();
  libraries();
  memory();
  return 0;
}
