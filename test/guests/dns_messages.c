/* <arpa/nameser.h> and <resolv.h>: DNS messages are built and taken apart the same, whatever they come from. */
#include "say.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

static unsigned char message[512];
static int length;

static void put(const char *text, int size) {
  memcpy(message + length, text, size);
  length += size;
}

#define PUT(text) put(text, sizeof text - 1)

/* An answer with two addresses, a name server and a mail server, whose names are compressed. */
static void build(void) {
  length = 0;
  PUT("\x12\x34\x85\x80\0\1\0\3\0\1\0\1");
  PUT("\3www\7example\3com\0\0\1\0\1");
  PUT("\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\x5d\xb8\xd8\x22");
  PUT("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x01\x02\x03\x04");
  PUT("\xc0\x10\0\x0f\0\1\0\1\x51\x80\0\x09\0\x0a\4mail\xc0\x10");
  PUT("\xc0\x10\0\2\0\1\0\2\xa3\0\0\5\2ns\xc0\x10");
  PUT("\0\0\x29\x10\0\0\0\0\0\0\0");
}

static void expand(const char *what, int at, int room) {
  char text[NS_MAXDNAME] = "-";
  int taken = dn_expand(message, message + length, message + at, text, room);
  printf("%s: %d \"%s\"\n", what, taken, taken < 0 ? errno_name(errno) : text);
}

static void parse(void) {
  ns_msg parsed;
  ns_rr record;
  char name[NS_MAXDNAME];
  say("ns_initparse", ns_initparse(message, length, &parsed));
  printf("id %x, flags: qr %d, opcode %d, aa %d, rd %d, ra %d, rcode %d\n", ns_msg_id(parsed),
         ns_msg_getflag(parsed, ns_f_qr), ns_msg_getflag(parsed, ns_f_opcode), ns_msg_getflag(parsed, ns_f_aa),
         ns_msg_getflag(parsed, ns_f_rd), ns_msg_getflag(parsed, ns_f_ra), ns_msg_getflag(parsed, ns_f_rcode));
  for (int section = 0; section < ns_s_max; section++)
    for (int i = 0; i < ns_msg_count(parsed, section); i++) {
      say("ns_parserr", ns_parserr(&parsed, (ns_sect)section, i, &record));
      printf("  %d.%d: %s type %d class %d ttl %lu length %d\n", section, i, ns_rr_name(record), ns_rr_type(record),
             ns_rr_class(record), (unsigned long)ns_rr_ttl(record), ns_rr_rdlen(record));
      if (ns_rr_type(record) != ns_t_mx) continue;
      int taken = ns_name_uncompress(ns_msg_base(parsed), ns_msg_end(parsed), ns_rr_rdata(record) + 2, name, sizeof name);
      printf("  preference %u, exchange %d %s\n", ns_get16(ns_rr_rdata(record)), taken, name);
    }
  say("the last answer first", ns_parserr(&parsed, ns_s_an, 2, &record));
  say("then the first", ns_parserr(&parsed, ns_s_an, 0, &record));
  say("the next by itself", ns_parserr(&parsed, ns_s_an, -1, &record));
  printf("ttl %lu\n", (unsigned long)ns_rr_ttl(record));
  say("one too many", ns_parserr(&parsed, ns_s_an, 3, &record));
  say("no such section", ns_parserr(&parsed, ns_s_max, 0, &record));
}

static void break_up(void) {
  ns_msg parsed;
  int bad = 0;
  for (int cut = 0; cut < length; cut++) bad += ns_initparse(message, cut, &parsed) < 0;
  printf("%d of %d beginnings are no messages\n", bad, length);
  message[length] = 0;
  say("a byte too many", ns_initparse(message, length + 1, &parsed));
  message[NS_HFIXEDSZ] = 0xc0;
  message[NS_HFIXEDSZ + 1] = NS_HFIXEDSZ;
  expand("a pointer to itself", NS_HFIXEDSZ, 256);
  message[NS_HFIXEDSZ] = 0xff;
  message[NS_HFIXEDSZ + 1] = 0xff;
  expand("a pointer out of it", NS_HFIXEDSZ, 256);
  message[NS_HFIXEDSZ] = 0x43;
  expand("a label of another kind", NS_HFIXEDSZ, 256);
  build();
}

static void compress(void) {
  unsigned char query[512];
  unsigned char *known[8] = {query, NULL}, **end = known + 8;
  static const char *const names[] = {"www.example.com", "mail.example.com", "example.com.", "EXAMPLE.com", "other.org",
                                      "www.example.com", ".", "a\\.b.other.org"};
  int at = NS_HFIXEDSZ;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    int taken = dn_comp(names[i], query + at, (int)sizeof query - at, known, end);
    char text[256];
    int back = taken < 0 ? -1 : dn_expand(query, query + at + taken, query + at, text, sizeof text);
    printf("dn_comp %s: %d, back %d %s\n", names[i], taken, back, text);
    at += taken;
  }
  printf("no room: %d\n", dn_comp("a.b.c", query, 4, NULL, NULL));
  printf("an empty label: %d\n", dn_comp("a..b", query, 64, NULL, NULL));
  printf("a label of 64: %d\n", dn_comp("a123456789b123456789c123456789d123456789e123456789f123456789g123", query, 256, NULL, NULL));
  printf("a label of 63: %d\n", dn_comp("a123456789b123456789c123456789d123456789e123456789f123456789g12", query, 256, NULL, NULL));
}

static void skip(void) {
  printf("dn_skipname: %d and %d\n", dn_skipname(message + NS_HFIXEDSZ, message + length), dn_skipname(message + 33, message + length));
  printf("cut: %d\n", dn_skipname(message + NS_HFIXEDSZ, message + NS_HFIXEDSZ + 5));
  printf("ns_skiprr: %d\n", ns_skiprr(message + 33, message + length, ns_s_an, 3));
  printf("too many: %d\n", ns_skiprr(message + 33, message + length, ns_s_an, 99));
}

static void ask(void) {
  unsigned char query[64], again[64];
  int size = res_mkquery(ns_o_query, "www.example.com", ns_c_in, ns_t_aaaa, NULL, 0, NULL, query, sizeof query);
  printf("res_mkquery: %d\n", size);
  for (int i = 2; i < size; i++) printf("%02x%s", query[i], i + 1 < size ? " " : "\n");
  size = res_mkquery(ns_o_query, "www.example.com", ns_c_in, ns_t_aaaa, NULL, 0, NULL, again, sizeof again);
  printf("too small: %d\n", res_mkquery(ns_o_query, "www.example.com", ns_c_in, ns_t_a, NULL, 0, NULL, query, 20));
  printf("no name: %d\n", res_mkquery(ns_o_query, "a..b", ns_c_in, ns_t_a, NULL, 0, NULL, query, sizeof query));
}

static void bytes(void) {
  unsigned char four[4];
  ns_put32(0x12345678, four);
  printf("%x %lx %x\n", ns_get16(four), (unsigned long)ns_get32(four), ns_get16(four + 2));
  ns_put16(0xfffe, four);
  printf("%x\n", ns_get16(four));
}

int main(void) {
  build();
  expand("a name", 12, 256);
  expand("a pointer", 33, 256);
  expand("exactly enough room", 12, 16);
  expand("one byte less", 12, 15);
  expand("the end of the message", length, 256);
  expand("the root", length - 11, 256);
  parse();
  break_up();
  skip();
  compress();
  ask();
  bytes();
  return 0;
}
