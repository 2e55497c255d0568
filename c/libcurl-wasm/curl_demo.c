/* curl_demo: a small curl(1), of the easy interface alone. Compiles with this library and with libcurl.
 *
 *   posix-wasm cc -Iinclude curl_demo.c src/[a-z]*.c -o curl_demo.wasm
 *   cc curl_demo.c -lcurl
 *
 * It exits with the CURLcode of the first transfer that failed, 0 when none did.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: curl_demo [options] URL...\n"
    "  -X METHOD     use another method\n"
    "  -d DATA       POST the data\n"
    "  -T FILE       PUT the file; - is stdin, sent in chunks\n"
    "  -H HEADER     add \"Name: value\", remove with \"Name:\"; any number of times\n"
    "  -A AGENT      set the User-Agent\n"
    "  -u USER:PASS  authenticate\n"
    "  -r RANGE      ask for a part, as in 0-99\n"
    "  -L            follow redirects\n"
    "  -M COUNT      ... but no more than so many\n"
    "  -I            HEAD: headers only\n"
    "  -i            print the headers too\n"
    "  -f            fail when the status says error\n"
    "  -0            speak HTTP/1.0\n"
    "  -m SECONDS    the longest a transfer may take\n"
    "  -o FILE       write the body there\n"
    "  -w            print a summary after each transfer\n"
    "  -v            print what happens on stderr\n";

enum { FAILED_INIT = 2 };

struct options {
  struct curl_slist *headers;
  FILE *output, *input;
  int prints_summary;
};

static void stop(const char *problem, const char *argument) {
  fprintf(stderr, "curl_demo: %s%s\n%s", problem, argument, usage);
  exit(FAILED_INIT);
}

static FILE *open_file(const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (!file) stop("cannot open ", path);
  return file;
}

/* PUTs a file, whose size is known, or stdin, whose is not. */
static void upload_from(CURL *curl, struct options *options, const char *path) {
  const int is_stdin = strcmp(path, "-") == 0;
  options->input = is_stdin ? stdin : open_file(path, "rb");
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READDATA, options->input);
  if (is_stdin || fseek(options->input, 0, SEEK_END) != 0) return;
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ftell(options->input));
  rewind(options->input);
}

/* One option of the command line becomes one of libcurl. Returns 0 for an option that there is not. */
static int apply(CURL *curl, struct options *options, int option, char *argument) {
  switch (option) {
    case 'X': curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, argument); break;
    case 'd': curl_easy_setopt(curl, CURLOPT_POSTFIELDS, argument); break;
    case 'T': upload_from(curl, options, argument); break;
    case 'H': options->headers = curl_slist_append(options->headers, argument); break;
    case 'A': curl_easy_setopt(curl, CURLOPT_USERAGENT, argument); break;
    case 'u': curl_easy_setopt(curl, CURLOPT_USERPWD, argument); break;
    case 'r': curl_easy_setopt(curl, CURLOPT_RANGE, argument); break;
    case 'L': curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L); break;
    case 'M': curl_easy_setopt(curl, CURLOPT_MAXREDIRS, atol(argument)); break;
    case 'I': curl_easy_setopt(curl, CURLOPT_NOBODY, 1L); /* and the headers */ /* fall through */
    case 'i': curl_easy_setopt(curl, CURLOPT_HEADER, 1L); break;
    case 'f': curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L); break;
    case '0': curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_0); break;
    case 'm': curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(strtod(argument, NULL) * 1000)); break;
    case 'o': options->output = open_file(argument, "wb"); break;
    case 'w': options->prints_summary = 1; break;
    case 'v': curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); break;
    default: return 0;
  }
  return 1;
}

/* Only what is the same each time: no times, no local port. */
static void print_summary(CURL *curl, CURLcode code) {
  long status = 0, redirects = 0, connects = 0, header_size = 0, request_size = 0;
  curl_off_t downloaded = 0, uploaded = 0, length = 0;
  char *url = NULL, *type = NULL, *next = NULL, *address = NULL;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_COUNT, &redirects);
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next);
  curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
  curl_easy_getinfo(curl, CURLINFO_HEADER_SIZE, &header_size);
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request_size);
  curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, &downloaded);
  curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  printf("\nresult: %d\nstatus: %ld\nurl: %s\ntype: %s\n", (int)code, status, url ? url : "-", type ? type : "-");
  printf("redirects: %ld\nnext: %s\naddress: %s\nconnects: %ld\n", redirects, next ? next : "-", address, connects);
  printf("headers: %ld\nrequest: %ld\n", header_size, request_size);
  printf("downloaded: %ld\nuploaded: %ld\nlength: %ld\n", (long)downloaded, (long)uploaded, (long)length);
}

static CURLcode fetch(CURL *curl, const struct options *options, const char *url) {
  curl_easy_setopt(curl, CURLOPT_URL, url);
  const CURLcode code = curl_easy_perform(curl);
  fflush(options->output);
  if (code != CURLE_OK) fprintf(stderr, "curl_demo: (%d) %s\n", (int)code, curl_easy_strerror(code));
  if (options->prints_summary) print_summary(curl, code);
  return code;
}

int main(int argc, char **argv) {
  struct options options = {.output = stdout};
  int option, exit_code = 0;
  CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
  if (!curl) return FAILED_INIT;
  while ((option = getopt(argc, argv, "X:d:T:H:A:u:r:LM:Iif0m:o:wv")) != -1)
    if (!apply(curl, &options, option, optarg)) stop("unknown option, or one without its argument", "");
  if (optind == argc) stop("no URL", "");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, options.headers);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, options.output);

  /* One handle for all: the connection is kept from one URL to the next. */
  for (int i = optind; i < argc; i++) {
    const CURLcode code = fetch(curl, &options, argv[i]);
    if (exit_code == 0) exit_code = (int)code;
  }
  curl_easy_cleanup(curl);
  curl_slist_free_all(options.headers);
  if (options.input && options.input != stdin) fclose(options.input);
  if (options.output != stdout) fclose(options.output);
  curl_global_cleanup();
  return exit_code;
}
