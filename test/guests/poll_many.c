/* poll over 240 sockets: exactly those are reported that have something to read. */
#include "say.h"

enum { COUNT = 240, STEP = 7 };

static struct sockaddr_in addresses[COUNT];
static struct pollfd fds[COUNT + 2];

/* Prints how many fds poll counts, how many have revents, and the sum of their places. */
static void say_poll(const char *what, int timeout) {
  int count = poll(fds, COUNT, timeout), marked = 0, sum = 0;
  for (int i = 0; i < COUNT; i++) {
    if (!fds[i].revents) continue;
    marked++;
    sum += i;
  }
  printf("%s: %d, marked %d, sum of places %d\n", what, count, marked, sum);
}

int main(void) {
  begin();
  int sender = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  for (int i = 0; i < COUNT; i++) {
    fds[i].fd = bound(SOCK_DGRAM, &addresses[i]);
    fds[i].events = POLLIN;
  }
  say_poll("nothing sent", 0);
  for (int i = 0; i < COUNT; i += STEP) MUST(sendto(sender, &i, sizeof i, 0, any(&addresses[i]), sizeof addresses[i]));
  for (int i = 0; i < COUNT; i += STEP) await(fds[i].fd, POLLIN);
  say_poll("one in seven sent", -1);
  say_poll("nothing is used up by asking", 0);

  int right = 0;
  for (int i = 0; i < COUNT; i++) {
    int place = -1;
    if (!(fds[i].revents & POLLIN)) continue;
    if (recv(fds[i].fd, &place, sizeof place, 0) == sizeof place && place == i) right++;
  }
  printf("received in the right place: %d\n", right);
  say_poll("all received", 0);

  for (int i = 0; i < COUNT; i++) fds[i].events = i % 2 ? POLLOUT : POLLIN;
  say_poll("every other asked whether it can send", 0);
  for (int i = 0; i < COUNT; i += 3) fds[i].fd = -fds[i].fd;
  say_poll("one in three left out", 0);
  for (int i = 0; i < COUNT; i += 3) fds[i].fd = -fds[i].fd;
  for (int i = 0; i < COUNT; i++) fds[i].events = 0;
  for (int i = 0; i < COUNT; i += 10) close(fds[i].fd);
  say_poll("one in ten closed, nothing asked", 0);
  say_whether("the first is NVAL", fds[0].revents == POLLNVAL);
  for (int i = 0; i < COUNT; i++)
    if (i % 10) close(fds[i].fd);
  say_poll("all closed", 1000);

  int client, server;
  connected(&client, &server);
  for (int i = 0; i < COUNT; i++) fds[i] = (struct pollfd){.fd = server, .events = POLLIN};
  say_poll("the same socket everywhere", 0);
  MUST(send(client, "x", 1, 0));
  await(server, POLLIN);
  say_poll("and it has data", -1);
  close(client);
  close(server);
  close(sender);
  return 0;
}
