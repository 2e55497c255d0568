/* What to ask name servers, and which: resolver(5). */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "result.h"

struct __res_state _res;

/* The number behind `name` in an option such as "ndots:3"; -1 for another option. */
static int number_of(const char *option, const char *name, int most) {
  size_t length = strlen(name);
  if (strncmp(option, name, length) != 0) return -1;
  int value = atoi(option + length);
  return value < 0 ? 0 : value > most ? most : value;
}

static void read_options(char *text) {
  char *rest;
  for (char *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
    int value;
    if ((value = number_of(word, "ndots:", RES_MAXNDOTS)) >= 0) _res.ndots = (unsigned)value & 15;
    if ((value = number_of(word, "timeout:", 30)) >= 0) _res.retrans = value;
    if ((value = number_of(word, "attempts:", 5)) >= 0) _res.retry = value;
    if (!strcmp(word, "rotate")) _res.options |= RES_ROTATE;
    if (!strcmp(word, "use-vc")) _res.options |= RES_USEVC;
  }
}

/* The domains to search, as many as fit; they take the place of those before. */
static void read_domains(char *text) {
  char *rest;
  int count = 0;
  memset(_res.dnsrch, 0, sizeof _res.dnsrch);
  strncpy(_res.defdname, text, sizeof _res.defdname - 1);
  for (char *word = strtok_r(_res.defdname, " \t\n", &rest); word && count < MAXDNSRCH;
       word = strtok_r(NULL, " \t\n", &rest))
    _res.dnsrch[count++] = word;
}

static void read_server(char *text) {
  char *rest, *word = strtok_r(text, " \t\n", &rest);
  struct sockaddr_in *server = &_res.nsaddr_list[_res.nscount < MAXNS ? _res.nscount : 0];
  if (!word || _res.nscount >= MAXNS || inet_pton(AF_INET, word, &server->sin_addr) != 1) return;
  server->sin_family = AF_INET;
  server->sin_port = htons(NAMESERVER_PORT);
  _res.nscount++;
}

static void read_line(char *line) {
  size_t length = strcspn(line, " \t\n");
  char *rest = line + length;
  if (length == 10 && !strncmp(line, "nameserver", 10)) read_server(rest);
  if (length == 6 && (!strncmp(line, "search", 6) || !strncmp(line, "domain", 6))) read_domains(rest);
  if (length == 7 && !strncmp(line, "options", 7)) read_options(rest);
}

static void read_environment(void) {
  char text[256];
  const char *domains = getenv("LOCALDOMAIN"), *options = getenv("RES_OPTIONS");
  if (domains) {
    snprintf(text, sizeof text, "%s", domains);
    read_domains(text);
  }
  if (options) {
    snprintf(text, sizeof text, "%s", options);
    read_options(text);
  }
}

int res_init(void) {
  char line[512];
  int before = errno;
  _res = (struct __res_state){
      .retrans = RES_TIMEOUT, .retry = RES_DFLRETRY, .options = RES_DEFAULT | RES_INIT, .ndots = 1};
  FILE *file = fopen(_PATH_RESCONF, "r");
  while (file && fgets(line, sizeof line, file)) read_line(line);
  if (file) fclose(file);
  read_environment();
  errno = before;
  return 0;
}

static void initialise(void) {
  if (!(_res.options & RES_INIT)) res_init();
}

int res_mkquery(int operation, const char *name, int class, int type, const unsigned char *data, int length,
                const unsigned char *record, unsigned char *query, int room) {
  uint16_t id;
  (void)data, (void)length, (void)record;
  initialise();
  if (operation != ns_o_query || room < NS_HFIXEDSZ + NS_QFIXEDSZ || type < 0 || type > 0xffff) return -1;
  memset(query, 0, NS_HFIXEDSZ);
  getentropy(&id, sizeof id);
  ns_put16(id, query);
  query[2] = (unsigned char)(_res.options & RES_RECURSE ? 1 : 0);
  query[5] = 1;
  int taken = dn_comp(name, query + NS_HFIXEDSZ, room - NS_HFIXEDSZ - NS_QFIXEDSZ, NULL, NULL);
  if (taken < 0) return -1;
  unsigned char *at = query + NS_HFIXEDSZ + taken;
  ns_put16((unsigned)type, at);
  ns_put16((unsigned)class, at + NS_INT16SZ);
  return NS_HFIXEDSZ + taken + NS_QFIXEDSZ;
}

/* What an answer means: 0, or a number of h_errno. */
static int error_of(const unsigned char *answer, int length) {
  if (length < NS_HFIXEDSZ) return TRY_AGAIN;
  switch (answer[3] & 15) {
    case ns_r_noerror: return ns_get16(answer + 6) > 0 ? 0 : NO_DATA;
    case ns_r_nxdomain: return HOST_NOT_FOUND;
    case ns_r_servfail: return TRY_AGAIN;
    default: return NO_RECOVERY;
  }
}

int res_query(const char *name, int class, int type, unsigned char *answer, int size) {
  unsigned char query[NS_HFIXEDSZ + NS_MAXCDNAME + 1 + NS_QFIXEDSZ];
  int length = res_mkquery(ns_o_query, name, class, type, NULL, 0, NULL, query, sizeof query);
  h_errno = NO_RECOVERY;
  if (length < 0 || _res.nscount == 0) return -1;
  int got = res_send(query, length, answer, size);
  h_errno = got < 0 ? TRY_AGAIN : error_of(answer, got);
  return h_errno ? -1 : got;
}

int res_querydomain(const char *name, const char *domain, int class, int type, unsigned char *answer, int size) {
  char whole[NS_MAXDNAME];
  int length = domain && *domain ? snprintf(whole, sizeof whole, "%s.%s", name, domain)
                                 : snprintf(whole, sizeof whole, "%s", name);
  h_errno = NO_RECOVERY;
  return length >= (int)sizeof whole ? -1 : res_query(whole, class, type, answer, size);
}

/* resolver(3): names with `ndots` dots are asked as they are first; those that end with a dot are asked only so. */
int res_search(const char *name, int class, int type, unsigned char *answer, int size) {
  int dots = 0, got = -1, had_no_data = 0;
  size_t length = strlen(name);
  for (const char *at = name; *at; at++) dots += *at == '.';
  initialise();
  int is_whole = length > 0 && name[length - 1] == '.', asks_first = is_whole || dots >= (int)_res.ndots;
  if (asks_first) got = res_query(name, class, type, answer, size);
  if (got >= 0 || is_whole) return got;
  int first_error = asks_first ? h_errno : 0;
  for (char **domain = _res.dnsrch; *domain && (_res.options & RES_DNSRCH); domain++) {
    if ((got = res_querydomain(name, *domain, class, type, answer, size)) >= 0) return got;
    if (h_errno == NO_DATA) had_no_data = 1;
    if (h_errno != NO_DATA && h_errno != HOST_NOT_FOUND) break;
  }
  if (!asks_first && (got = res_query(name, class, type, answer, size)) >= 0) return got;
  h_errno = first_error ? first_error : had_no_data ? NO_DATA : h_errno;
  return -1;
}
