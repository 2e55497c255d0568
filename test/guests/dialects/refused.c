/* refused PORT: connects where nobody listens. */
#include DIALECT
#include "say.h"

int main(int argc, char **argv) {
  struct net_address nobody = loopback(NET_IPV4, atoi(argv[1]));
  SAY("%s\n", strerror(-net_dial(&nobody)));
  return 0;
}
