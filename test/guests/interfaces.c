/* <ifaddrs.h>: the loopback, which every machine has, and that all of the list fits together. */
#include "say.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netpacket/packet.h>

static void print_address(const char *what, const struct sockaddr *address) {
  char text[INET6_ADDRSTRLEN] = "none";
  if (address && address->sa_family == AF_INET)
    inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
  if (address && address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
  printf("  %s %s\n", what, text);
}

static void print(const struct ifaddrs *each) {
  int family = each->ifa_addr ? each->ifa_addr->sa_family : AF_UNSPEC;
  int shown = IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_BROADCAST | IFF_POINTOPOINT;
  printf("%s: %s, flags %x\n", each->ifa_name, family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "packet",
         each->ifa_flags & shown);
  if (family == AF_PACKET) {
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)each->ifa_addr;
    say_whether("  its index", (unsigned)link->sll_ifindex == if_nametoindex(each->ifa_name));
    printf("  type %d, %d bytes, zero: %d\n", link->sll_hatype, link->sll_halen, link->sll_addr[0] == 0);
    return;
  }
  print_address("address", each->ifa_addr);
  print_address("netmask", each->ifa_netmask);
  if (family == AF_INET) print_address("other end", each->ifa_dstaddr);
}

int main(void) {
  struct ifaddrs *all = NULL;
  int has_packet = 0, is_named = 1, count = 0;
  say("getifaddrs", getifaddrs(&all));
  for (const struct ifaddrs *each = all; each; each = each->ifa_next) {
    count++;
    if (each->ifa_flags & IFF_LOOPBACK) print(each);
    if (each->ifa_addr && each->ifa_addr->sa_family == AF_PACKET) has_packet++;
    if (if_nametoindex(each->ifa_name) == 0) is_named = 0;
  }
  struct if_nameindex *names = if_nameindex();
  int interfaces = 0;
  while (names[interfaces].if_index) interfaces++;
  say_whether("every interface is in the list", has_packet == interfaces);
  say_whether("every name has an index", is_named);
  say_whether("more than the interfaces alone", count > interfaces);
  if_freenameindex(names);
  freeifaddrs(all);
  return 0;
}
