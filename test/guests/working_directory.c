/* The working directory: chdir, fchdir and getcwd with dots, links and directories that go away; relative paths of every call; and
 * the empty path, which names nothing. */
#include "say.h"

#include <dirent.h>
#include <fts.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <utime.h>

static char place[512];

/* The working directory without the part that differs from run to run. */
static const char *here(void) {
  static char path[4096];
  if (!getcwd(path, sizeof path)) return errno_name(errno);
  size_t length = strlen(place);
  if (strncmp(path, place, length) != 0) return path;
  return path[length] ? path + length : "(the place)";
}

static void go(const char *path) {
  int result = chdir(path);
  printf("chdir(\"%s\"): %s, %s", strncmp(path, place, strlen(place)) ? path : path + strlen(place),
         result < 0 ? errno_name(errno) : "0", here());
  puts("");
}

static void touch(const char *path) { close(MUST(open(path, O_CREAT | O_WRONLY, 0644))); }

static void moving(void) {
  go(place);
  MUST(mkdir("sub", 0755));
  MUST(mkdir("sub/deep", 0755));
  MUST(mkdir("other", 0755));
  MUST(mkdir("sub/.hidden", 0755));
  touch("file");
  MUST(symlink("sub/deep", "link"));
  MUST(symlink("../other", "sub/side"));
  MUST(symlink("loop", "loop"));
  MUST(symlink("nowhere", "dangling"));
  go("sub");
  go("..");
  go("./sub//deep/.");
  go("../..");
  go("sub/../sub/./deep/..");
  go("../other/../sub");
  go("side");
  go("..");
  go("link");
  go("..");
  go(".hidden");
  go("../../link/..");
  go(".");
  go("./");
  go("..");
  go("missing");
  go("missing/..");
  go("file");
  go("file/..");
  go("file/");
  go("loop");
  go("dangling");
  go("");
  go("sub/deep/../../other/");
  char absolute[700];
  snprintf(absolute, sizeof absolute, "%s/sub//deep/../", place);
  go(absolute);
  char tooLong[5000];
  memset(tooLong, 'x', sizeof tooLong - 1);
  tooLong[sizeof tooLong - 1] = '\0';
  say("chdir to a path that is too long", chdir(tooLong));
  tooLong[300] = '\0';
  say("chdir to a name that is too long", chdir(tooLong));
  say("fchdir to nothing", fchdir(99));
}

static void relative(void) {
  struct stat file;
  char text[PATH_MAX];
  go(place);
  go("sub");
  say("open ../file", close(open("../file", O_RDONLY)));
  say("stat ../file", stat("../file", &file));
  say("stat ../sub/../file", stat("../sub/../file", &file));
  say("stat ..", stat("..", &file));
  say("stat deep/../..", stat("deep/../..", &file));
  say("access ./../file", access("./../file", R_OK));
  say("rename", rename("../file", "./moved"));
  say("link", link("moved", "../again"));
  say("unlink", unlink("../sub/moved"));
  say("rename back", rename("../again", "../file"));
  say("mkdir ../new", mkdir("../new", 0755));
  say("rmdir ../new", rmdir("../new"));
  ssize_t length = readlink("../link", text, sizeof text);
  printf("readlink %.*s\n", (int)length, text);
  printf("realpath %s\n", realpath("../link/../side", text) ? text + strlen(place) : errno_name(errno));
  DIR *directory = opendir("..");
  int count = 0;
  while (directory && readdir(directory)) count++;
  printf("entries %d\n", count);
  if (directory) closedir(directory);
  FILE *stream = fopen("../file", "r");
  say_whether("fopen", stream != NULL);
  if (stream) fclose(stream);
}

static void by_descriptor(void) {
  go(place);
  int start = MUST(open(".", O_RDONLY));
  int sub = MUST(open("sub", O_RDONLY | O_DIRECTORY));
  int deep = MUST(openat(sub, "deep", O_RDONLY | O_DIRECTORY));
  DIR *stream = opendir("other");
  int file = MUST(open("file", O_RDONLY));
  say("fchdir", fchdir(sub));
  puts(here());
  say("fchdir", fchdir(deep));
  puts(here());
  say("fchdir to a stream's", fchdir(dirfd(stream)));
  puts(here());
  say("fchdir to a file", fchdir(file));
  MUST(rename("../sub", "../renamed"));
  say("fchdir back", fchdir(start));
  puts(here());
  int copy = MUST(dup(sub));
  MUST(rename("renamed", "sub"));
  say("fchdir to a copy", fchdir(copy));
  puts(here());
  closedir(stream);
  close(start), close(sub), close(deep), close(file), close(copy);
}

static void gone(void) {
  struct stat file;
  go(place);
  MUST(mkdir("short", 0755));
  go("short");
  MUST(rmdir("../short"));
  printf("getcwd %s\n", here());
  say("stat .", stat(".", &file) == 0 ? 0 : errno == ENOENT ? 0 : -1);
  say_fd("creat", creat("new", 0644));
  say("stat ../file", stat("../file", &file));
  say_fd("open file", open("file", O_RDONLY));
  go("..");
}

static void names(void) {
  char few[4], *own;
  go(place);
  say_whether("too little room", !getcwd(few, sizeof few) && errno == ERANGE);
  say_whether("no room", !getcwd(few, 0) && errno == EINVAL);
  own = getcwd(NULL, 0);
  say_whether("allocated", own && strcmp(own, place) == 0);
  free(own);
  own = getcwd(NULL, 4000);
  say_whether("allocated with room", own && strcmp(own, place) == 0);
  free(own);
  say_whether("allocated too small", !getcwd(NULL, 2) && errno == ERANGE);
  own = get_current_dir_name();
  say_whether("by its other name", own && strcmp(own, place) == 0);
  free(own);
}

static void empty(void) {
  struct stat file;
  char text[64];
  go(place);
  MUST(mkdir("empty", 0755));
  go("empty");
  say_fd("open", open("", O_RDONLY));
  say_fd("open to create", open("", O_CREAT | O_WRONLY, 0644));
  say_fd("openat", openat(AT_FDCWD, "", O_RDONLY));
  say("creat", creat("", 0644));
  say("stat", stat("", &file));
  say("lstat", lstat("", &file));
  say("fstatat", fstatat(AT_FDCWD, "", &file, 0));
  say("access", access("", F_OK));
  say("chdir", chdir(""));
  say("mkdir", mkdir("", 0755));
  say("rmdir", rmdir(""));
  say("unlink", unlink(""));
  say("remove", remove(""));
  say("rename from", rename("", "x"));
  say("rename to", rename("../file", ""));
  say("link from", link("", "x"));
  say("link to", link("../file", ""));
  say("symlink", symlink("x", ""));
  say("readlink", readlink("", text, sizeof text));
  say("chmod", chmod("", 0755));
  say("truncate", truncate("", 0));
  say("utime", utime("", NULL));
  say_whether("opendir", opendir("") == NULL && errno == ENOENT);
  say_whether("fopen", fopen("", "r") == NULL && errno == ENOENT);
  say_whether("realpath", realpath("", text) == NULL && errno == ENOENT);
  int here_too = MUST(open(".", O_RDONLY | O_DIRECTORY));
  say_fd("openat a directory", openat(here_too, "", O_RDONLY));
  say("mkdirat", mkdirat(here_too, "", 0755));
  say("unlinkat", unlinkat(here_too, "", AT_REMOVEDIR));
  say("fstatat a directory", fstatat(here_too, "", &file, 0));
  say("it is still there", stat("../empty", &file));
}

static void socket_paths(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  socklen_t length = sizeof address;
  struct stat file;
  go(place);
  go("sub");
  int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  say("bind", bind(listener, any(&address), sizeof address));
  say("listen", listen(listener, 1));
  go("deep");
  strcpy(address.sun_path, "../socket");
  say("connect", connect(client, any(&address), sizeof address));
  memset(&address, 0, sizeof address);
  say("getsockname", getsockname(listener, any(&address), &length));
  printf("%s, %d bytes\n", address.sun_path, (int)length);
  int server = MUST(accept(listener, NULL, NULL));
  say("send", send(client, "hello", 5, 0));
  char text[8];
  say("recv", recv(server, text, sizeof text, 0));
  char path[600];
  snprintf(path, sizeof path, "%s/sub/socket", place);
  say("it is where the program was", stat(path, &file));
  say("unlink", unlink("../socket"));
  close(listener), close(client), close(server);
}

static void tree(void) {
  go(place);
  char *const roots[] = {(char *)".", NULL};
  FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
  int directories = 0, others = 0;
  for (FTSENT *entry; walk && (entry = fts_read(walk));) {
    if (entry->fts_info == FTS_D) directories++;
    if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL) others++;
  }
  printf("fts: %d directories, %d others\n", directories, others);
  if (walk) fts_close(walk);
  puts(here());
}

int main(int argc, char **argv) {
  if (argc < 2 || !realpath(argv[1], place)) return 1;
  begin();
  moving();
  relative();
  by_descriptor();
  gone();
  names();
  empty();
  socket_paths();
  tree();
  go("/");
  return 0;
}
