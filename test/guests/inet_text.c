/* Addresses as text and back, and the order of bytes. */
#include "say.h"

static void say_parsed(int family, const char *text) {
  unsigned char bytes[16] = {0};
  int result = inet_pton(family, text, bytes);
  printf("inet_pton \"%s\": %s", text, result < 0 ? errno_name(errno) : result ? "1" : "0");
  for (int i = 0; result > 0 && i < (family == AF_INET ? 4 : 16); i++) printf(" %02x", bytes[i]);
  puts("");
}

static void say_printed(const char *text) {
  struct in6_addr address;
  char out[INET6_ADDRSTRLEN];
  if (inet_pton(AF_INET6, text, &address) != 1) return say_parsed(AF_INET6, text);
  printf("\"%s\" is \"%s\"\n", text, inet_ntop(AF_INET6, &address, out, sizeof out));
}

int main(void) {
  const char *four[] = {"0.0.0.0",    "1.2.3.4", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5",
                        "1.2.3.4 ",   "",        "01.2.3.4",        "1..2.3",    "a.b.c.d", "0x7f.0.0.1"};
  const char *six[] = {"::",           "::1",          "1::",           "1:2:3:4:5:6:7:8", "1::8",      "::1.2.3.4",
                       "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "fe80::1", "1:0:0:2:0:0:0:3", "1:0:0:2:3:0:0:4",
                       "0:1:2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "ABCD:EF01::", "64:ff9b::1.2.3.4", "::1:0"};
  const char *wrong[] = {":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g", "1:2:3:4:5:6:7:8::",
                         "::1.2.3", "1.2.3.4", "::1%lo", "1:", ":1", "::1 "};
  begin();
  for (size_t i = 0; i < sizeof four / sizeof *four; i++) say_parsed(AF_INET, four[i]);
  for (size_t i = 0; i < sizeof six / sizeof *six; i++) say_printed(six[i]);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) say_parsed(AF_INET6, wrong[i]);
  say_parsed(99, "1.2.3.4");

  struct in_addr address = {htonl(0x01020304)};
  char out[INET_ADDRSTRLEN];
  printf("inet_ntop: %s\n", inet_ntop(AF_INET, &address, out, sizeof out));
  say_whether("room for 8 is enough", inet_ntop(AF_INET, &address, out, 8) != NULL);
  say_whether("room for 7 is not", inet_ntop(AF_INET, &address, out, 7) == NULL && errno == ENOSPC);
  say_whether("family 99 is none", inet_ntop(99, &address, out, sizeof out) == NULL && errno == EAFNOSUPPORT);
  printf("inet_ntoa: %s\n", inet_ntoa(address));
  printf("inet_addr: %08x %08x\n", (unsigned)ntohl(inet_addr("127.0.0.1")), (unsigned)ntohl(inet_addr("nonsense")));
  const char *loose[] = {"127.1", "1.2.3", "0x7f000001", "010.0.0.1", "1.2.3.4.5", "256"};
  for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
    int result = inet_aton(loose[i], &address);
    printf("inet_aton \"%s\": %s %s\n", loose[i], result ? "yes" : "no", result ? inet_ntoa(address) : "");
  }
  printf("%04x %08x %04x %08x\n", htons(0x1234), (unsigned)htonl(0x12345678), ntohs(0x1234), (unsigned)ntohl(0x12345678));
  return 0;
}
