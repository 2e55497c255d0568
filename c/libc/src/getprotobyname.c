/* The protocols of /etc/protocols that programs ask for. */
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

#include "buffer.h"

static char *aliases[][2] = {{"IP", NULL},  {"ICMP", NULL}, {"IGMP", NULL},      {"TCP", NULL}, {"EGP", NULL},
                             {"UDP", NULL}, {"IPv6", NULL}, {"IPv6-ICMP", NULL}, {"SCTP", NULL}};
static struct protoent protocols[] = {
    {"ip", aliases[0], IPPROTO_IP},     {"icmp", aliases[1], IPPROTO_ICMP},        {"igmp", aliases[2], IPPROTO_IGMP},
    {"tcp", aliases[3], IPPROTO_TCP},   {"egp", aliases[4], IPPROTO_EGP},          {"udp", aliases[5], IPPROTO_UDP},
    {"ipv6", aliases[6], IPPROTO_IPV6}, {"ipv6-icmp", aliases[7], IPPROTO_ICMPV6}, {"sctp", aliases[8], IPPROTO_SCTP}};
enum { COUNT = sizeof protocols / sizeof *protocols };
static size_t next;

struct protoent *getprotobyname(const char *name) {
  for (size_t i = 0; i < COUNT; i++)
    if (strcmp(protocols[i].p_name, name) == 0 || strcmp(protocols[i].p_aliases[0], name) == 0) return &protocols[i];
  return NULL;
}

struct protoent *getprotobynumber(int number) {
  for (size_t i = 0; i < COUNT; i++)
    if (protocols[i].p_proto == number) return &protocols[i];
  return NULL;
}

/* The table is constant: no copy in the buffer is needed. */
static int answer(struct protoent *entry, struct protoent *result, struct protoent **found) {
  if (entry) *result = *entry;
  *found = entry ? result : NULL;
  return 0;
}

int getprotobyname_r(const char *name, struct protoent *result, char *room, size_t size, struct protoent **found) {
  (void)room, (void)size;
  return answer(getprotobyname(name), result, found);
}

int getprotobynumber_r(int number, struct protoent *result, char *room, size_t size, struct protoent **found) {
  (void)room, (void)size;
  return answer(getprotobynumber(number), result, found);
}

void setprotoent(int stays_open) {
  (void)stays_open;
  next = 0;
}

void endprotoent(void) { next = 0; }

struct protoent *getprotoent(void) {
  return next < COUNT ? &protocols[next++] : NULL;
}

/* There are no networks with names. */
struct netent *getnetbyname(const char *name) {
  (void)name;
  h_errno = HOST_NOT_FOUND;
  return NULL;
}

struct netent *getnetbyaddr(uint32_t network, int type) {
  (void)network, (void)type;
  h_errno = HOST_NOT_FOUND;
  return NULL;
}

void setnetent(int stays_open) { (void)stays_open; }
struct netent *getnetent(void) {
  return NULL;
}
void endnetent(void) {}
