/* getnameinfo, numeric only: there is no import to look a name up by its address. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static int fits(int printed, socklen_t size) { return printed >= 0 && (socklen_t)printed < size; }

int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host, socklen_t host_size,
                char *restrict service, socklen_t service_size, int flags) {
  char text[INET6_ADDRSTRLEN];
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  in_port_t port;
  if (length >= sizeof v4 && address->sa_family == AF_INET) {
    memcpy(&v4, address, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    port = v4.sin_port;
  } else if (length >= sizeof v6 && address->sa_family == AF_INET6) {
    memcpy(&v6, address, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    port = v6.sin6_port;
  } else {
    return EAI_FAMILY;
  }
  int wants_host = host && host_size > 0, wants_service = service && service_size > 0;
  if (flags & NI_NAMEREQD) return EAI_NONAME;
  if (wants_host && !fits(snprintf(host, host_size, "%s", text), host_size)) return EAI_OVERFLOW;
  if (wants_service && !fits(snprintf(service, service_size, "%u", ntohs(port)), service_size)) return EAI_OVERFLOW;
  return 0;
}
