/* A listener's full queue leaves a connect pending: EALREADY until accept makes room. */
#include "say.h"

int main(void) {
  struct sockaddr_in address, peer;
  begin();
  int listener = bound(SOCK_STREAM, &address);
  MUST(listen(listener, 0));
  int first = MUST(socket(AF_INET, SOCK_STREAM, 0)), fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  say("connect of the first, which the queue takes", connect(first, any(&address), sizeof address));
  await(listener, POLLIN);
  say("connect of the second", connect(fd, any(&address), sizeof address));
  say("connect again", connect(fd, any(&address), sizeof address));
  say_ready("it", fd);
  printf("SO_ERROR: %s\n", pending_error(fd));
  say("getpeername", getpeername(fd, any(&peer), &(socklen_t){sizeof peer}));
  say("send", send(fd, "x", 1, MSG_NOSIGNAL));
  say("recv", recv(fd, &peer, 1, 0));
  say("listen", listen(fd, 1));
  say("accept makes room", close(MUST(accept(listener, NULL, NULL))));
  await(fd, POLLOUT);
  say_ready("it", fd);
  say("connect", connect(fd, any(&address), sizeof address));
  say("accept", close(MUST(accept(listener, NULL, NULL))));
  close(first);
  close(fd);
  close(listener);
  return 0;
}
