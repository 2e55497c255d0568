/* The older look-ups of hosts, over getaddrinfo. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"

int h_errno;

static int h_error_of(int error) {
  switch (error) {
    case EAI_NONAME: return HOST_NOT_FOUND;
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return NO_DATA;
    case EAI_AGAIN: return TRY_AGAIN;
    case EAI_SYSTEM: return NETDB_INTERNAL;
    default: return NO_RECOVERY;
  }
}

static const void *address_of(const struct addrinfo *entry) {
  if (entry->ai_family == AF_INET) return &((const struct sockaddr_in *)(const void *)entry->ai_addr)->sin_addr;
  return &((const struct sockaddr_in6 *)(const void *)entry->ai_addr)->sin6_addr;
}

/* 0, or ERANGE when the buffer is too small. */
static int fill(struct hostent *host, struct buffer *buffer, const struct addrinfo *list, const char *name) {
  int count = 0, length = list->ai_family == AF_INET ? 4 : 16;
  for (const struct addrinfo *entry = list; entry; entry = entry->ai_next) count++;
  host->h_aliases = (char **)buffer_take(buffer, sizeof(char *));
  host->h_addr_list = (char **)buffer_take(buffer, (size_t)(count + 1) * sizeof(char *));
  host->h_name = buffer_text(buffer, list->ai_canonname ? list->ai_canonname : name);
  if (!host->h_aliases || !host->h_addr_list || !host->h_name) return ERANGE;
  host->h_aliases[0] = NULL;
  host->h_addrtype = list->ai_family;
  host->h_length = length;
  count = 0;
  for (const struct addrinfo *entry = list; entry; entry = entry->ai_next) {
    char *address = (char *)buffer_take(buffer, (size_t)length);
    if (!address) return ERANGE;
    host->h_addr_list[count++] = (char *)memcpy(address, address_of(entry), (size_t)length);
  }
  host->h_addr_list[count] = NULL;
  return 0;
}

int gethostbyname2_r(const char *name, int family, struct hostent *host, char *room, size_t size,
                     struct hostent **found, int *h_error) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME}, *list;
  *found = NULL;
  int error = family == AF_INET || family == AF_INET6 ? getaddrinfo(name, NULL, &hints, &list) : EAI_FAMILY;
  if (error) {
    *h_error = h_error_of(error);
    return error == EAI_SYSTEM || error == EAI_AGAIN ? EAGAIN : 0;
  }
  error = fill(host, &(struct buffer){room, size}, list, name);
  freeaddrinfo(list);
  *h_error = error ? NETDB_INTERNAL : NETDB_SUCCESS;
  if (!error) *found = host;
  return error;
}

int gethostbyname_r(const char *name, struct hostent *host, char *room, size_t size, struct hostent **found,
                    int *h_error) {
  return gethostbyname2_r(name, AF_INET, host, room, size, found, h_error);
}

static int name_of(const void *address, socklen_t length, int family, char *name, size_t size) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (family == AF_INET && length == 4) {
    memcpy(&v4.sin_addr, address, 4);
    return getnameinfo((struct sockaddr *)&v4, sizeof v4, name, size, NULL, 0, NI_NAMEREQD);
  }
  if (family == AF_INET6 && length == 16) {
    memcpy(&v6.sin6_addr, address, 16);
    return getnameinfo((struct sockaddr *)&v6, sizeof v6, name, size, NULL, 0, NI_NAMEREQD);
  }
  return EAI_FAMILY;
}

int gethostbyaddr_r(const void *address, socklen_t length, int family, struct hostent *host, char *room, size_t size,
                    struct hostent **found, int *h_error) {
  char name[NI_MAXHOST];
  struct sockaddr_in6 place;
  struct addrinfo entry = {.ai_family = family, .ai_addr = (struct sockaddr *)&place};
  *found = NULL;
  int error = name_of(address, length, family, name, sizeof name);
  if (error) {
    *h_error = h_error_of(error);
    return error == EAI_SYSTEM || error == EAI_AGAIN ? EAGAIN : 0;
  }
  memcpy(family == AF_INET ? (void *)&((struct sockaddr_in *)(void *)&place)->sin_addr : (void *)&place.sin6_addr,
         address, length);
  error = fill(host, &(struct buffer){room, size}, &entry, name);
  *h_error = error ? NETDB_INTERNAL : NETDB_SUCCESS;
  if (!error) *found = host;
  return error;
}

static struct hostent own;
static char space[8192];

struct hostent *gethostbyname2(const char *name, int family) {
  struct hostent *found;
  gethostbyname2_r(name, family, &own, space, sizeof space, &found, &h_errno);
  return found;
}

struct hostent *gethostbyname(const char *name) {
  return gethostbyname2(name, AF_INET);
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family) {
  struct hostent *found;
  gethostbyaddr_r(address, length, family, &own, space, sizeof space, &found, &h_errno);
  return found;
}

/* The list of all hosts is the name service's, and nobody can ask for it. */
void sethostent(int stays_open) { (void)stays_open; }
struct hostent *gethostent(void) {
  return NULL;
}
void endhostent(void) {}

/* The words are glibc's. */
const char *hstrerror(int error) {
  static const char *const texts[] = {"Resolver Error 0 (no error)", "Unknown host", "Host name lookup failure",
                                      "Unknown server error", "No address associated with name"};
  if (error < 0) return "Resolver internal error";
  return error <= NO_DATA ? texts[error] : "Unknown resolver error";
}

void herror(const char *what) {
  fprintf(stderr, "%s%s%s\n", what && *what ? what : "", what && *what ? ": " : "", hstrerror(h_errno));
}
