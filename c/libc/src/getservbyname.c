/* Services, as getaddrinfo and getnameinfo know them. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

static int fill(struct servent *service, const char *name, const char *alias, in_port_t port, const char *protocol,
                struct buffer buffer) {
  service->s_aliases = (char **)buffer_take(&buffer, 2 * sizeof(char *));
  service->s_name = buffer_text(&buffer, name);
  service->s_proto = buffer_text(&buffer, protocol);
  char *other = alias ? buffer_text(&buffer, alias) : NULL;
  if (!service->s_aliases || !service->s_name || !service->s_proto || (alias && !other)) return ERANGE;
  service->s_aliases[0] = other;
  service->s_aliases[1] = NULL;
  service->s_port = port;
  return 0;
}

/* SOCK_STREAM for "tcp", SOCK_DGRAM for "udp", 0 for anything else. */
static int type_of(const char *protocol) {
  if (strcmp(protocol, "tcp") == 0) return SOCK_STREAM;
  return strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : 0;
}

/* The name that a port goes by; "" when it has none. */
static void official_name(in_port_t port, int type, char name[NI_MAXSERV]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
  if (getnameinfo((struct sockaddr *)&address, sizeof address, NULL, 0, name, NI_MAXSERV,
                  type == SOCK_DGRAM ? NI_DGRAM : 0))
    name[0] = '\0';
  if (name[0] >= '0' && name[0] <= '9' && name[strspn(name, "0123456789")] == '\0') name[0] = '\0';
}

static int by_name(const char *name, const char *protocol, struct servent *service, struct buffer buffer,
                   struct servent **found) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = type_of(protocol)}, *list;
  char official[NI_MAXSERV];
  if (!hints.ai_socktype || name[strspn(name, "0123456789")] == '\0' || getaddrinfo(NULL, name, &hints, &list))
    return 0;
  in_port_t port = ((struct sockaddr_in *)(void *)list->ai_addr)->sin_port;
  freeaddrinfo(list);
  official_name(port, hints.ai_socktype, official);
  int is_alias = official[0] && strcmp(official, name) != 0;
  int error = fill(service, is_alias ? official : name, is_alias ? name : NULL, port, protocol, buffer);
  if (!error) *found = service;
  return error;
}

int getservbyname_r(const char *name, const char *protocol, struct servent *service, char *room, size_t size,
                    struct servent **found) {
  struct buffer buffer = {room, size};
  *found = NULL;
  if (protocol) return by_name(name, protocol, service, buffer, found);
  int error = by_name(name, "tcp", service, buffer, found);
  return error || *found ? error : by_name(name, "udp", service, buffer, found);
}

static int by_port(int port, const char *protocol, struct servent *service, struct buffer buffer,
                   struct servent **found) {
  char name[NI_MAXSERV];
  int type = type_of(protocol);
  if (!type) return 0;
  official_name((in_port_t)port, type, name);
  if (!name[0]) return 0;
  int error = fill(service, name, NULL, (in_port_t)port, protocol, buffer);
  if (!error) *found = service;
  return error;
}

int getservbyport_r(int port, const char *protocol, struct servent *service, char *room, size_t size,
                    struct servent **found) {
  struct buffer buffer = {room, size};
  *found = NULL;
  if (protocol) return by_port(port, protocol, service, buffer, found);
  int error = by_port(port, "tcp", service, buffer, found);
  return error || *found ? error : by_port(port, "udp", service, buffer, found);
}

static struct servent own;
static char space[256];

struct servent *getservbyname(const char *name, const char *protocol) {
  struct servent *found;
  getservbyname_r(name, protocol, &own, space, sizeof space, &found);
  return found;
}

struct servent *getservbyport(int port, const char *protocol) {
  struct servent *found;
  getservbyport_r(port, protocol, &own, space, sizeof space, &found);
  return found;
}

/* The list of all is the host's, and nobody can ask for it. */
void setservent(int stays_open) { (void)stays_open; }
struct servent *getservent(void) {
  return NULL;
}
void endservent(void) {}
