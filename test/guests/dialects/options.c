/* options: sets and gets what a dialect has of options. */
#include DIALECT
#include "say.h"

static void try(const char *name, int fd, enum net_option option, int value) {
  int got = -1, error = net_set(fd, option, value);
  if (error == -NET_ENOTSUP) return;
  SAY("%s: ", name);
  if (error < 0) SAY("%s, ", strerror(-error));
  error = net_get(fd, option, &got);
  if (error < 0) SAY("%s\n", strerror(-error));
  else SAY("%d\n", got);
}

int main(void) {
  int stream = must("open", net_open(NET_IPV4, NET_STREAM)), datagram = must("open", net_open(NET_IPV4, NET_DGRAM)), value;
  try("reuse address", stream, NET_REUSE_ADDRESS, 1);
  try("keep alive", stream, NET_KEEP_ALIVE, 1);
  try("broadcast", datagram, NET_BROADCAST, 1);
  try("no delay", stream, NET_NO_DELAY, 1);
  try("receive timeout", stream, NET_RECEIVE_TIMEOUT, 1500);
  try("send timeout", stream, NET_SEND_TIMEOUT, 2500);
  try("linger", stream, NET_LINGER, 7);
  if (net_get(stream, NET_TYPE, &value) >= 0) SAY("type: %d\n", value);
  if (net_get(datagram, NET_TYPE, &value) >= 0) SAY("type: %d\n", value);
  if (net_get(stream, NET_ERROR, &value) >= 0) SAY("error: %d\n", value);
  if (net_set(datagram, NET_RECEIVE_TIMEOUT, 30) >= 0) {
    struct net_address here = loopback(NET_IPV4, 0);
    must("bind", net_bind(datagram, &here));
    SAY("after a while: %s\n", strerror(-net_recv(datagram, &value, 1)));
  }
  return 0;
}
