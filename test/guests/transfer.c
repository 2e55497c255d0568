/* 100 MB through one connection in pieces of 1 to 70,001 bytes, sent and received by turns as poll allows. */
#include "say.h"

enum { TOTAL = 100 * 1000 * 1000, LARGEST = 70001 };

static unsigned char outgoing[LARGEST], incoming[LARGEST];

/* A small generator, the same everywhere. */
static unsigned next(unsigned *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}

static size_t piece(unsigned *sizes, long left) {
  size_t size = 1 + next(sizes) % LARGEST;
  return (long)size < left ? size : (size_t)left;
}

static void fill(unsigned char *bytes, size_t size, unsigned *contents) {
  for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(next(contents) >> 7);
}

/* Order matters to it, unlike to a plain sum. */
static unsigned long long checksum(unsigned long long sum, const unsigned char *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) sum = (sum ^ bytes[i]) * 1099511628211ULL;
  return sum;
}

int main(void) {
  begin();
  int client, server;
  unsigned send_sizes = 1, receive_sizes = 2, contents = 3;
  unsigned long long sent_sum = 14695981039346656037ULL, received_sum = sent_sum;
  long sent = 0, received = 0, waits = 0;
  size_t size = 0, offset = 0;
  connected(&client, &server);
  set_nonblocking(client);
  set_nonblocking(server);

  while (received < TOTAL) {
    struct pollfd fds[2] = {{.fd = server, .events = POLLIN}, {.fd = sent < TOTAL ? client : -1, .events = POLLOUT}};
    MUST(poll(fds, 2, 20000) > 0 ? 0 : -1);
    waits++;
    if (fds[1].revents & POLLOUT) {
      if (offset == size) {
        offset = 0;
        size = piece(&send_sizes, TOTAL - sent);
        fill(outgoing, size, &contents);
      }
      ssize_t count = send(client, outgoing + offset, size - offset, MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return say("send", count), 1;
      if (count > 0) {
        sent_sum = checksum(sent_sum, outgoing + offset, (size_t)count);
        offset += (size_t)count;
        sent += count;
      }
    }
    if (fds[0].revents & POLLIN) {
      ssize_t count = recv(server, incoming, 1 + next(&receive_sizes) % LARGEST, 0);
      if (count == 0) break;
      if (count < 0 && errno != EAGAIN) return say("recv", count), 1;
      if (count > 0) {
        received_sum = checksum(received_sum, incoming, (size_t)count);
        received += count;
      }
    }
  }
  printf("sent %ld, received %ld, checksum %016llx\n", sent, received, received_sum);
  say_whether("received as sent", received_sum == sent_sum);
  say_whether("in more than a few steps", waits > TOTAL / LARGEST);
  say("nothing more", recv(server, incoming, 1, 0));
  close(client);
  await(server, POLLIN);
  say("the end", recv(server, incoming, 1, 0));
  close(server);
  return 0;
}
