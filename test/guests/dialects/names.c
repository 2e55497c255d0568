/* names NAME PORT...: what a name resolves to, in both families. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  struct net_address found[8];
  for (int family = NET_IPV4; family <= NET_IPV6; family += 2) {
    int count = net_resolve(argv[1], 4711, family, found, 8);
    if (count < 0) SAY("IPv%d: %s\n", family, strerror(-count));
    for (int i = 0; i < count; i++) {
      say_address("found", &found[i]);
      SAY("%s\n", found[i].port == 4711 ? ", and the port" : "");
    }
  }
  return 0;
}
