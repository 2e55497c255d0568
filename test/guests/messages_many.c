/* sendmmsg and recvmmsg, large gathers over sockets and pipes, and sendfile. */
#include "say.h"

#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

static void several(void) {
  struct sockaddr_in address;
  struct mmsghdr out[3], in[4];
  struct iovec from[3] = {{"one", 3}, {"two!", 4}, {"three", 5}}, into[4];
  char texts[4][16];
  puts("-- several datagrams");
  int fd = bound(SOCK_DGRAM, &address);
  memset(out, 0, sizeof out);
  memset(in, 0, sizeof in);
  memset(texts, 0, sizeof texts);
  for (int i = 0; i < 3; i++) {
    out[i].msg_hdr =
        (struct msghdr){.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &from[i], .msg_iovlen = 1};
  }
  for (int i = 0; i < 4; i++) {
    into[i] = (struct iovec){texts[i], sizeof texts[i] - 1};
    in[i].msg_hdr = (struct msghdr){.msg_iov = &into[i], .msg_iovlen = 1};
  }
  say("sendmmsg", sendmmsg(fd, out, 3, 0));
  printf("lengths %u %u %u\n", out[0].msg_len, out[1].msg_len, out[2].msg_len);
  await(fd, POLLIN);
  int received = 0;
  while (received < 3) {
    int count = recvmmsg(fd, in + received, 4 - (unsigned)received, MSG_WAITFORONE, NULL);
    if (count < 0) return say("recvmmsg", count);
    received += count;
  }
  printf("received %d: %s %s %s, lengths %u %u %u\n", received, texts[0], texts[1], texts[2], in[0].msg_len,
         in[1].msg_len, in[2].msg_len);
  say("recvmmsg, MSG_DONTWAIT", recvmmsg(fd, in, 4, MSG_DONTWAIT, NULL));
  say("recvmmsg of none", recvmmsg(fd, in, 0, 0, NULL));
  close(fd);
}

static unsigned long checksum(const char *bytes, size_t length) {
  unsigned long sum = 0;
  for (size_t i = 0; i < length; i++) sum = (sum * 31 + (unsigned char)bytes[i]) & 0xffffff;
  return sum;
}

static void gathered(const char *what, int writer, int reader) {
  static char block[1024][24], into[1024][24];
  static struct iovec parts[1024], places[1024];
  size_t total = 0, received = 0;
  for (int i = 0; i < 1024; i++) {
    memset(block[i], 'a' + i % 26, sizeof block[i]);
    parts[i] = (struct iovec){block[i], (size_t)i % 25};
    places[i] = (struct iovec){into[i], sizeof into[i]};
    total += parts[i].iov_len;
  }
  memset(into, 0, sizeof into);
  printf("%s: %zu bytes: %zd\n", what, total, writev(writer, parts, 1024));
  while (received < total) {
    int skipped = (int)(received / 24), within = (int)(received % 24);
    places[skipped] = (struct iovec){into[skipped] + within, sizeof into[skipped] - (size_t)within};
    received += (size_t)MUST((int)readv(reader, places + skipped, 1024 - skipped));
    places[skipped] = (struct iovec){into[skipped], sizeof into[skipped]};
  }
  printf("received %zu, checksum %lx\n", received, checksum(into[0], total));
}

static void gathers(void) {
  int client, server, ends[2], pair[2];
  puts("-- 1024 parts");
  connected(&client, &server);
  MUST(pipe(ends));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  gathered("TCP", client, server);
  gathered("a pipe", ends[1], ends[0]);
  gathered("a pair", pair[0], pair[1]);
  close(client);
  close(server);
  close(ends[0]);
  close(ends[1]);
  close(pair[0]);
  close(pair[1]);
}

static void files(const char *folder) {
  static char bytes[50000], into[50000];
  char path[512];
  off_t offset = 40000;
  int client, server;
  puts("-- sendfile");
  snprintf(path, sizeof path, "%s/fileXXXXXX", folder);
  int fd = MUST(mkstemp(path));
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7 % 251);
  say("write", write(fd, bytes, sizeof bytes));
  say("lseek", (long)lseek(fd, 0, SEEK_SET));
  connected(&client, &server);
  say("sendfile", sendfile(client, fd, NULL, sizeof bytes));
  say("recv", recv(server, into, sizeof into, MSG_WAITALL));
  say_whether("it is the file", memcmp(bytes, into, sizeof bytes) == 0);
  say("the place in it", (long)lseek(fd, 0, SEEK_CUR));
  say("sendfile at the end", sendfile(client, fd, NULL, 100));
  say("sendfile from an offset", sendfile(client, fd, &offset, 20000));
  say("the offset", (long)offset);
  say("recv", recv(server, into, 10000, MSG_WAITALL));
  say_whether("it is the rest", memcmp(bytes + 40000, into, 10000) == 0);
  say("sendfile of a closed one", sendfile(client, 999, NULL, 1));
  close(client);
  close(server);
  say("close", close(fd));
  say("unlink", unlink(path));
}

int main(int count, char **arguments) {
  begin();
  several();
  gathers();
  files(count > 1 ? arguments[1] : "/tmp");
  return 0;
}
