/* A blocking connect that is refused or has nowhere to go, and the socket afterwards. */
#include "say.h"

int main(void) {
  begin();
  struct sockaddr_in address;
  char text[8];
  int holder = bound(SOCK_STREAM, &address); /* bound, not listening */
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect where nobody listens", connect(fd, any(&address), sizeof address));
  printf("SO_ERROR: %s\n", pending_error(fd));
  say_ready("the socket", fd);
  say("recv", recv(fd, text, sizeof text, MSG_DONTWAIT));
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("getpeername", getpeername(fd, any(&address), &(socklen_t){sizeof address}));
  say("connect again", connect(fd, any(&address), sizeof address));
  say("now somebody listens", listen(holder, 4));
  say("connect a third time", connect(fd, any(&address), sizeof address));
  int server = say_fd("accept", accept(holder, NULL, NULL));
  say("connect when connected", connect(fd, any(&address), sizeof address));
  say("send", send(fd, "hello", 5, 0));
  say("recv", recv(server, text, sizeof text, 0));
  close(server);
  close(fd);

  say("the listener closes", close(holder));
  fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  say("connect", connect(fd, any(&address), sizeof address));
  close(fd);

  fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  address = loopback(0);
  say("connect to port 0", connect(fd, any(&address), sizeof address));
  address = loopback(htons(9));
  address.sin_addr.s_addr = htonl(0x7fffffff);
  say("connect to a broadcast address", connect(fd, any(&address), sizeof address));
  address.sin_addr.s_addr = htonl(0xffffffff);
  say("connect to everybody", connect(fd, any(&address), sizeof address));

  int listener = listening(&address);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  say("connect to 0.0.0.0 is to oneself", connect(fd, any(&address), sizeof address));
  struct sockaddr_in peer;
  MUST(getpeername(fd, any(&peer), &(socklen_t){sizeof peer}));
  printf("the peer is %s\n", inet_ntoa(peer.sin_addr));
  close(fd);
  close(listener);
  return 0;
}
