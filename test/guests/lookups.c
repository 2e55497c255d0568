/* The older look-ups of netdb.h, where they need no network: numbers, localhost, well-known services and protocols. */
#include "say.h"

#include <netdb.h>

static void say_host(const char *what, const struct hostent *host) {
  char text[INET6_ADDRSTRLEN];
  if (!host) {
    printf("%s: %s\n", what, hstrerror(h_errno));
    return;
  }
  printf("%s: %s, family %d, %d bytes:", what, host->h_name, host->h_addrtype, host->h_length);
  for (char **at = host->h_addr_list; *at; at++) printf(" %s", inet_ntop(host->h_addrtype, *at, text, sizeof text));
  puts("");
}

static void hosts(void) {
  struct hostent own, *found;
  char buffer[1024];
  int error = -1;
  puts("-- hosts");
  say_host("127.0.0.1", gethostbyname("127.0.0.1"));
  say_host("1.2.3.4", gethostbyname("1.2.3.4"));
  say_host("localhost", gethostbyname("localhost"));
  say_host("::1", gethostbyname2("::1", AF_INET6));
  say("gethostbyname_r", gethostbyname_r("10.0.0.1", &own, buffer, sizeof buffer, &found, &error));
  say_whether("it is what was given", found == &own);
  say_host("10.0.0.1", found);
  say("with too little room", gethostbyname_r("10.0.0.1", &own, buffer, 8, &found, &error) == ERANGE);
  say_whether("nothing is found", found == NULL && error == NETDB_INTERNAL);
  struct in_addr loopback_address = {htonl(INADDR_LOOPBACK)};
  struct hostent *host = gethostbyaddr(&loopback_address, sizeof loopback_address, AF_INET);
  say_whether("127.0.0.1 has a name", host && strcmp(host->h_name, "localhost") == 0);
  for (int i = -1; i < 6; i++) printf("%s; ", hstrerror(i));
  puts("");
}

static void say_service(const char *what, const struct servent *service) {
  if (service)
    printf("%s: %s, port %d by %s\n", what, service->s_name, ntohs((in_port_t)service->s_port), service->s_proto);
  else
    printf("%s: none\n", what);
}

static void services(void) {
  struct servent own, *found;
  char buffer[1024];
  puts("-- services");
  say_service("http by tcp", getservbyname("http", "tcp"));
  say_service("https by tcp", getservbyname("https", "tcp"));
  say_service("ssh by any", getservbyname("ssh", NULL));
  say_service("domain by udp", getservbyname("domain", "udp"));
  say_service("smtp by udp", getservbyname("smtp", "udp"));
  say_service("no-such-service", getservbyname("no-such-service", "tcp"));
  say_service("80 as a name", getservbyname("80", "tcp"));
  say_service("http by a protocol that is none", getservbyname("http", "carrier-pigeon"));
  say_service("port 443", getservbyport(htons(443), "tcp"));
  say_service("port 53", getservbyport(htons(53), "udp"));
  say_service("port 47", getservbyport(htons(47), "tcp"));
  say("getservbyname_r", getservbyname_r("ftp", "tcp", &own, buffer, sizeof buffer, &found));
  say_service("ftp", found);
  say("with too little room", getservbyname_r("ftp", "tcp", &own, buffer, 4, &found) == ERANGE);
}

static void say_protocol(const char *what, const struct protoent *protocol) {
  if (protocol)
    printf("%s: %s, also %s, %d\n", what, protocol->p_name, protocol->p_aliases[0], protocol->p_proto);
  else
    printf("%s: none\n", what);
}

static void protocols(void) {
  puts("-- protocols");
  say_protocol("tcp", getprotobyname("tcp"));
  say_protocol("UDP", getprotobyname("UDP"));
  say_protocol("icmp", getprotobyname("icmp"));
  say_protocol("1", getprotobynumber(1));
  say_protocol("41", getprotobynumber(41));
  say_protocol("none", getprotobyname("none"));
  say_protocol("254", getprotobynumber(254));
}

static void say_names(const char *what, int port, int flags) {
  char host[64] = "", service[64] = "";
  struct sockaddr_in address = loopback(htons((in_port_t)port));
  int error = getnameinfo(any(&address), sizeof address, host, sizeof host, service, sizeof service, flags);
  printf("%s: %s, %s %s\n", what, error ? gai_strerror(error) : "0", host, service);
}

static void names(void) {
  char text[64];
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
  puts("-- getnameinfo");
  say_names("http", 80, 0);
  say_names("https by number", 443, NI_NUMERICSERV);
  say_names("by number", 443, NI_NUMERICHOST);
  say_names("a datagram's", 53, NI_NUMERICHOST | NI_DGRAM);
  say_names("a port without a name", 47, NI_NUMERICHOST);
  say_names("a name is needed", 80, NI_NAMEREQD | NI_NUMERICSERV);
  say_names("unknown flags", 80, 0x4000);
  six.sin6_addr = in6addr_loopback;
  say("IPv6", getnameinfo(any(&six), sizeof six, text, sizeof text, NULL, 0, NI_NUMERICHOST));
  puts(text);
  printf("%s; %s\n", gai_strerror(EAI_NONAME), gai_strerror(EAI_AGAIN));
}

int main(void) {
  begin();
  hosts();
  services();
  protocols();
  names();
  return 0;
}
