/* getifaddrs(3): a list in one piece of memory. Each interface stands in it first, as an address of AF_PACKET; its
 * hardware address is not told, and is 0. */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>

#include "posix_sockets.h"
#include "result.h"

typedef union {
  struct sockaddr any;
  struct sockaddr_in6 inet6;
  struct sockaddr_ll packet;
} Place;

typedef struct {
  struct ifaddrs entry;
  char name[16];
  Place address, netmask, broadcast;
} Record;

/* Returns the copy, or NULL for an address of no family. */
static struct sockaddr *copied(Place *to, const uint32_t *from) {
  memcpy(to, from, sizeof to->inet6);
  return to->any.sa_family == AF_UNSPEC ? NULL : &to->any;
}

static struct sockaddr *as_packet(Place *to, const struct wasm_ifaddr *from, int is_broadcast) {
  to->packet.sll_family = AF_PACKET;
  to->packet.sll_ifindex = (int)from->index;
  to->packet.sll_hatype = from->flags & IFF_LOOPBACK ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
  to->packet.sll_halen = 6;
  if (is_broadcast && !(from->flags & IFF_LOOPBACK)) memset(to->packet.sll_addr, 0xff, 6);
  return &to->any;
}

static void fill(Record *record, const struct wasm_ifaddr *from) {
  struct ifaddrs *entry = &record->entry;
  memcpy(record->name, from->name, sizeof record->name);
  entry->ifa_name = record->name;
  entry->ifa_flags = from->flags;
  entry->ifa_addr = copied(&record->address, from->address);
  if (!entry->ifa_addr) {
    entry->ifa_addr = as_packet(&record->address, from, 0);
    entry->ifa_broadaddr = as_packet(&record->broadcast, from, 1);
    return;
  }
  entry->ifa_netmask = copied(&record->netmask, from->netmask);
  entry->ifa_broadaddr = copied(&record->broadcast, from->broadcast);
  /* getifaddrs(3) of Linux: the loopback has itself at the other end. */
  if (!entry->ifa_broadaddr && entry->ifa_addr->sa_family == AF_INET) {
    record->broadcast = record->address;
    entry->ifa_dstaddr = &record->broadcast.any;
  }
}

/* All that the host knows, and how many; NULL with errno. */
static struct wasm_ifaddr *asked(int *count) {
  uint32_t capacity = 32;
  for (;;) {
    struct wasm_ifaddr *all = malloc(capacity * sizeof *all);
    *count = result(all ? wasm_sock_getifaddrs(all, capacity) : -ENOMEM);
    if (*count >= 0 && (uint32_t)*count <= capacity) return all;
    free(all);
    if (*count < 0) return NULL;
    capacity = (uint32_t)*count;
  }
}

int getifaddrs(struct ifaddrs **list) {
  int count;
  struct wasm_ifaddr *all = asked(&count);
  if (!all) return -1;
  Record *records = calloc((size_t)count + 1, sizeof *records);
  for (int i = 0; records && i < count; i++) {
    fill(&records[i], &all[i]);
    if (i + 1 < count) records[i].entry.ifa_next = &records[i + 1].entry;
  }
  free(all);
  if (!records) return result(-ENOMEM);
  *list = count > 0 ? &records->entry : NULL;
  if (count == 0) free(records);
  return 0;
}

void freeifaddrs(struct ifaddrs *list) { free(list); }
