/* What getaddrinfo makes of numbers: scopes, families, and texts that are none. No name server is asked. */
#include "say.h"
#include <net/if.h>
#include <netdb.h>

static const char *reason(int error) {
  if (error == 0) return "found";
  if (error == EAI_NONAME) return "EAI_NONAME";
  if (error == EAI_ADDRFAMILY) return "EAI_ADDRFAMILY";
  return error == EAI_SERVICE ? "EAI_SERVICE" : "another reason";
}

static void say_address(const struct sockaddr *address) {
  char host[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, host, sizeof host);
    printf(" %s", host);
    return;
  }
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
  inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
  printf(" %s scope %s", host, six->sin6_scope_id == if_nametoindex("lo") ? "lo" : six->sin6_scope_id ? "another" : "0");
}

static void look(const char *what, const char *node, int family, int flags) {
  struct addrinfo hints = {.ai_family = family, .ai_flags = flags | AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found = NULL;
  const int error = getaddrinfo(node, "80", &hints, &found);
  printf("%s: %s", what, reason(error));
  for (struct addrinfo *each = error ? NULL : found; each != NULL; each = each->ai_next) say_address(each->ai_addr);
  puts("");
  if (!error) freeaddrinfo(found);
}

static const char *const texts[] = {
    "fe80::1%lo", "fe80::1%1", "fe80::1%eth9", "fe80::1%", "fe80::1%0", "fe80::1%99", "fe80::1%4294967295", "fe80::1%4294967296",
    "fe80::1%1x", "fe80::1%lo ", "::1%lo", "::1%1", "::1%eth9", "2001:db8::1%1", "2001:db8::1%lo", "ff01::1%lo", "ff02::1%lo",
    "ff05::1%lo", "ff12::1%lo", "febf::1%lo", "fec0::1%lo", "::ffff:1.2.3.4%1", "127.0.0.1%lo", "127.0.0.1%1",
    "::1.2.3.4", "::ffff:1.2.3.4", "1::1.2.3.4", "::1.2.3.256", "::1.2.3", "::", ":::", "1::2::3", "::1 ", "[::1]", "::g",
    "1.2.3", "1.2", "0x1", "0x7f.1", "017700000001", "256.1.1.1", "1.2.3.4.", "08.1.1.1", "4294967295", "4294967296",
    " 127.0.0.1", "1.2.3.4 ", "", "1.2.3.4.5", "-1", "1..2",
};

static void families(void) {
  static const char *const numbers[] = {"1.2.3.4", "::1", "::ffff:1.2.3.4", "::1.2.3.4", "fe80::1%lo"};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    printf("%s ", numbers[i]);
    look("as IPv4", numbers[i], AF_INET, 0);
    printf("%s ", numbers[i]);
    look("as IPv6", numbers[i], AF_INET6, 0);
    printf("%s ", numbers[i]);
    look("as IPv6, mapped", numbers[i], AF_INET6, AI_V4MAPPED);
  }
}

static void long_names(void) {
  char text[512];
  memset(text, 'a', sizeof text);
  for (size_t i = 50; i < sizeof text; i += 50) text[i] = '.';
  static const int lengths[] = {63, 253, 254, 255, 256, 500};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    const char kept = text[lengths[i]];
    text[lengths[i]] = '\0';
    printf("a name of %d bytes", lengths[i]);
    look("", text, AF_UNSPEC, 0);
    text[lengths[i]] = kept;
  }
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  text[500] = '\0';
  printf("a service of 500 bytes: %s\n", reason(getaddrinfo("127.0.0.1", text, &hints, &found)));
}

int main(void) {
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) look(texts[i], texts[i], AF_UNSPEC, 0);
  families();
  long_names();
  return 0;
}
