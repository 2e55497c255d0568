/* DNS messages taken apart: RFC 1035, 4.1. */
#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <string.h>

#include "result.h"

const struct _ns_flagdata _ns_flagdata[16] = {
    {0x8000, 15}, {0x7800, 11}, {0x0400, 10}, {0x0200, 9}, {0x0100, 8}, {0x0080, 7},
    {0x0040, 6},  {0x0020, 5},  {0x0010, 4},  {0x000f, 0},
};

unsigned ns_get16(const unsigned char *from) { return (unsigned)from[0] << 8 | from[1]; }
unsigned long ns_get32(const unsigned char *from) { return (unsigned long)ns_get16(from) << 16 | ns_get16(from + 2); }

void ns_put16(unsigned value, unsigned char *to) {
  to[0] = (unsigned char)(value >> 8);
  to[1] = (unsigned char)value;
}

void ns_put32(unsigned long value, unsigned char *to) {
  ns_put16((unsigned)(value >> 16), to);
  ns_put16((unsigned)value, to + 2);
}

int ns_skiprr(const unsigned char *from, const unsigned char *end, ns_sect section, int count) {
  const unsigned char *at = from;
  for (; count > 0; count--) {
    int name = dn_skipname(at, end), fixed = NS_QFIXEDSZ + (section == ns_s_qd ? 0 : NS_INT32SZ + NS_INT16SZ);
    if (name < 0 || end - at - name < fixed) return result(-EMSGSIZE);
    at += name + fixed;
    if (section == ns_s_qd) continue;
    unsigned length = ns_get16(at - NS_INT16SZ);
    if (end - at < (ptrdiff_t)length) return result(-EMSGSIZE);
    at += length;
  }
  return (int)(at - from);
}

static void begin_section(ns_msg *message, ns_sect section) {
  message->_sect = section;
  message->_rrnum = section == ns_s_max ? -1 : 0;
  message->_msg_ptr = section == ns_s_max ? NULL : message->_sections[section];
}

int ns_initparse(const unsigned char *from, int length, ns_msg *message) {
  const unsigned char *at = from + NS_HFIXEDSZ, *end = from + length;
  memset(message, 0, sizeof *message);
  message->_msg = from;
  message->_eom = end;
  if (length < NS_HFIXEDSZ) return result(-EMSGSIZE);
  message->_id = (uint16_t)ns_get16(from);
  message->_flags = (uint16_t)ns_get16(from + 2);
  for (int i = 0; i < ns_s_max; i++) message->_counts[i] = (uint16_t)ns_get16(from + 4 + 2 * i);
  for (int i = 0; i < ns_s_max; i++) {
    if (message->_counts[i] == 0) continue;
    int skipped = ns_skiprr(at, end, (ns_sect)i, message->_counts[i]);
    if (skipped < 0) return -1;
    message->_sections[i] = at;
    at += skipped;
  }
  if (at != end) return result(-EMSGSIZE);
  begin_section(message, ns_s_max);
  return 0;
}

/* Reads the record at the message's place, and goes on to the next. */
static int read_record(ns_msg *message, ns_sect section, ns_rr *record) {
  const unsigned char *end = message->_eom;
  int name = dn_expand(message->_msg, end, message->_msg_ptr, record->name, NS_MAXDNAME);
  if (name < 0) return -1;
  const unsigned char *at = message->_msg_ptr + name;
  if (end - at < NS_QFIXEDSZ) return result(-EMSGSIZE);
  record->type = (uint16_t)ns_get16(at);
  record->rr_class = (uint16_t)ns_get16(at + 2);
  at += NS_QFIXEDSZ;
  record->ttl = 0;
  record->rdlength = 0;
  record->rdata = NULL;
  if (section != ns_s_qd) {
    if (end - at < NS_INT32SZ + NS_INT16SZ) return result(-EMSGSIZE);
    record->ttl = (uint32_t)ns_get32(at);
    record->rdlength = (uint16_t)ns_get16(at + 4);
    at += NS_INT32SZ + NS_INT16SZ;
    if (end - at < record->rdlength) return result(-EMSGSIZE);
    record->rdata = at;
    at += record->rdlength;
  }
  message->_msg_ptr = at;
  if (++message->_rrnum > message->_counts[section]) begin_section(message, (ns_sect)(section + 1));
  return 0;
}

int ns_parserr(ns_msg *message, ns_sect section, int number, ns_rr *record) {
  if ((int)section < 0 || section >= ns_s_max) return result(-ENODEV);
  if (section != message->_sect) begin_section(message, section);
  if (number == -1) number = message->_rrnum;
  if (number < 0 || number >= message->_counts[section]) return result(-ENODEV);
  if (number < message->_rrnum) begin_section(message, section);
  if (number > message->_rrnum) {
    int skipped = ns_skiprr(message->_msg_ptr, message->_eom, section, number - message->_rrnum);
    if (skipped < 0) return -1;
    message->_msg_ptr += skipped;
    message->_rrnum = number;
  }
  return read_record(message, section, record);
}
