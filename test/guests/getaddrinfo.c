/* getaddrinfo and getnameinfo of what needs no network: numeric addresses, services, wildcards, and refusals. */
#include "say.h"

#include <netdb.h>

static const char *error_name(int error) {
  switch (error) {
    case 0: return "0";
    case EAI_BADFLAGS: return "EAI_BADFLAGS";
    case EAI_NONAME: return "EAI_NONAME";
    case EAI_FAMILY: return "EAI_FAMILY";
    case EAI_SOCKTYPE: return "EAI_SOCKTYPE";
    case EAI_SERVICE: return "EAI_SERVICE";
    case EAI_OVERFLOW: return "EAI_OVERFLOW";
    default: return gai_strerror(error);
  }
}

static void say_entry(const struct addrinfo *entry) {
  char host[64], service[16];
  int error = getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof host, service, sizeof service,
                          NI_NUMERICHOST | NI_NUMERICSERV);
  printf("  %s port %s (%s), family %d, type %d, protocol %d, %u bytes%s%s\n", host, service, error_name(error),
         entry->ai_family, entry->ai_socktype, entry->ai_protocol, (unsigned)entry->ai_addrlen,
         entry->ai_canonname ? ", named " : "", entry->ai_canonname ? entry->ai_canonname : "");
}

static void look_up(const char *node, const char *service, int family, int type, int flags) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = type, .ai_flags = flags}, *list = NULL;
  int error = getaddrinfo(node, service, &hints, &list);
  printf("%s, %s, family %d, type %d, flags %#x: %s\n", node ? node : "NULL", service ? service : "NULL", family, type,
         (unsigned)flags, error_name(error));
  if (error) return;
  for (struct addrinfo *entry = list; entry; entry = entry->ai_next) say_entry(entry);
  freeaddrinfo(list);
}

static void names(void) {
  char host[64], service[16];
  struct sockaddr_in address = loopback(htons(8080));
  const struct sockaddr *at = any(&address);
  puts("-- getnameinfo");
  const int numeric = NI_NUMERICHOST | NI_NUMERICSERV;
  puts(error_name(getnameinfo(at, sizeof address, host, sizeof host, NULL, 0, numeric)));
  puts(host);
  puts(error_name(getnameinfo(at, sizeof address, NULL, 0, service, sizeof service, numeric)));
  puts(service);
  puts(error_name(getnameinfo(at, sizeof address, host, 9, NULL, 0, numeric)));
  puts(error_name(getnameinfo(at, sizeof address, host, 10, NULL, 0, numeric)));
  puts(error_name(getnameinfo(at, sizeof address, NULL, 0, service, 4, numeric)));
  puts(error_name(getnameinfo(at, sizeof address, NULL, 0, NULL, 0, numeric)));
  puts(error_name(getnameinfo(at, 4, host, sizeof host, NULL, 0, numeric)));
  address.sin_family = 99;
  puts(error_name(getnameinfo(at, sizeof address, host, sizeof host, NULL, 0, numeric)));
}

int main(void) {
  begin();
  look_up("127.0.0.1", "80", AF_UNSPEC, SOCK_STREAM, 0);
  look_up("127.0.0.1", NULL, AF_INET, SOCK_DGRAM, 0);
  look_up("10.1.2.3", "http", AF_UNSPEC, SOCK_STREAM, AI_NUMERICHOST);
  look_up("10.1.2.3", "https", AF_UNSPEC, SOCK_STREAM, 0);
  look_up("10.1.2.3", "domain", AF_UNSPEC, SOCK_DGRAM, 0);
  look_up("10.1.2.3", "65535", AF_UNSPEC, SOCK_STREAM, AI_NUMERICSERV);
  look_up("10.1.2.3", "80", AF_UNSPEC, SOCK_STREAM, AI_CANONNAME);
  look_up("::1", "443", AF_UNSPEC, SOCK_STREAM, 0);
  look_up("2001:DB8::0:1", "443", AF_INET6, SOCK_DGRAM, AI_NUMERICHOST);
  look_up("::ffff:1.2.3.4", NULL, AF_INET6, SOCK_STREAM, 0);
  look_up("127.1", "1", AF_INET, SOCK_STREAM, 0);
  look_up(NULL, "80", AF_INET, SOCK_STREAM, AI_PASSIVE);
  look_up(NULL, "80", AF_INET6, SOCK_STREAM, AI_PASSIVE);
  look_up(NULL, "80", AF_INET, SOCK_STREAM, 0);
  look_up(NULL, "80", AF_INET6, SOCK_STREAM, 0);
  look_up("127.0.0.1", "80", AF_INET, SOCK_STREAM, AI_PASSIVE);
  look_up("localhost", "80", AF_INET, SOCK_STREAM, 0);
  puts("-- refused");
  look_up(NULL, NULL, AF_UNSPEC, SOCK_STREAM, 0);
  look_up("localhost", "80", AF_UNSPEC, SOCK_STREAM, AI_NUMERICHOST);
  look_up("127.0.0.1", "http", AF_UNSPEC, SOCK_STREAM, AI_NUMERICSERV);
  look_up("127.0.0.1", "no-such-service", AF_UNSPEC, SOCK_STREAM, 0);
  look_up("127.0.0.1", "80", 99, SOCK_STREAM, 0);
  look_up("127.0.0.1", "80", AF_UNSPEC, 99, 0);
  look_up("127.0.0.1", "80", AF_UNSPEC, SOCK_STREAM, 0x40000000);
  look_up(NULL, "80", AF_UNSPEC, SOCK_STREAM, AI_CANONNAME);
  names();
  return 0;
}
