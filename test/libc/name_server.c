/* Asks a name server on a port of the loopback: name_server PORT; without a port prints what res_init has found. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_state(void) {
  res_init();
  for (int i = 0; i < _res.nscount; i++) printf("server %s\n", inet_ntoa(_res.nsaddr_list[i].sin_addr));
  for (int i = 0; _res.dnsrch[i]; i++) printf("search %s\n", _res.dnsrch[i]);
  printf("ndots %u, timeout %d, attempts %d, rotate %d\n", _res.ndots, _res.retrans, _res.retry,
         (_res.options & RES_ROTATE) != 0);
}

static const char *reason(void) {
  switch (h_errno) {
    case HOST_NOT_FOUND: return "HOST_NOT_FOUND";
    case TRY_AGAIN: return "TRY_AGAIN";
    case NO_RECOVERY: return "NO_RECOVERY";
    case NO_DATA: return "NO_DATA";
    default: return "another reason";
  }
}

static void print_records(const unsigned char *answer, int length) {
  ns_msg message;
  ns_rr record;
  if (ns_initparse(answer, length, &message) < 0) {
    printf("no message\n");
    return;
  }
  printf("%d records\n", ns_msg_count(message, ns_s_an));
  for (int i = 0; i < ns_msg_count(message, ns_s_an) && i < 2; i++) {
    if (ns_parserr(&message, ns_s_an, i, &record) < 0) break;
    if (ns_rr_type(record) == ns_t_a) printf("  %s\n", inet_ntoa(*(const struct in_addr *)ns_rr_rdata(record)));
    if (ns_rr_type(record) == ns_t_txt) printf("  %.*s\n", ns_rr_rdata(record)[0], (const char *)ns_rr_rdata(record) + 1);
  }
}

static void ask(int (*how)(const char *, int, int, unsigned char *, int), const char *name, int type) {
  static unsigned char answer[4096];
  int length = how(name, ns_c_in, type, answer, sizeof answer);
  printf("%s type %d: ", name, type);
  if (length < 0)
    printf("%s\n", reason());
  else
    print_records(answer, length);
}

int main(int count, char **arguments) {
  if (count < 2) {
    print_state();
    return 0;
  }
  res_init();
  _res.nscount = 1;
  _res.nsaddr_list[0].sin_family = AF_INET;
  _res.nsaddr_list[0].sin_port = htons((unsigned short)atoi(arguments[1]));
  inet_pton(AF_INET, "127.0.0.1", &_res.nsaddr_list[0].sin_addr);
  memset(_res.dnsrch, 0, sizeof _res.dnsrch);
  _res.dnsrch[0] = "inner.test";
  _res.ndots = 1;
  ask(res_query, "a.test", ns_t_a);
  ask(res_query, "a.test", ns_t_txt);
  ask(res_query, "a.test", ns_t_mx);
  ask(res_query, "none.test", ns_t_a);
  ask(res_query, "large.test", ns_t_txt);
  ask(res_search, "host", ns_t_a);
  ask(res_search, "a.test", ns_t_a);
  ask(res_search, "nothing", ns_t_a);
  return 0;
}
