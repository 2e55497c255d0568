/* Ethernet addresses as text, and by /etc/ethers. */
#include <ctype.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>

char *ether_ntoa_r(const struct ether_addr *address, char *text) {
  const uint8_t *byte = address->ether_addr_octet;
  sprintf(text, "%x:%x:%x:%x:%x:%x", byte[0], byte[1], byte[2], byte[3], byte[4], byte[5]);
  return text;
}

char *ether_ntoa(const struct ether_addr *address) {
  static char text[18];
  return ether_ntoa_r(address, text);
}

static int digit_of(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte = (char)tolower((unsigned char)byte);
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Reads an address; returns the place behind it, or NULL. As in glibc, a third digit of the last byte is not looked at. */
static const char *parsed(const char *text, struct ether_addr *address) {
  for (int i = 0; i < ETH_ALEN; i++) {
    int is_last = i == ETH_ALEN - 1, byte = digit_of(*text++);
    if (byte < 0) return NULL;
    if (is_last ? *text && !isspace((unsigned char)*text) : *text != ':') {
      int digit = digit_of(*text++);
      if (digit < 0) return NULL;
      byte = byte << 4 | digit;
    }
    if (!is_last && *text++ != ':') return NULL;
    address->ether_addr_octet[i] = (uint8_t)byte;
  }
  return text;
}

struct ether_addr *ether_aton_r(const char *text, struct ether_addr *address) {
  return parsed(text, address) ? address : NULL;
}

struct ether_addr *ether_aton(const char *text) {
  static struct ether_addr address;
  return ether_aton_r(text, &address);
}

int ether_line(const char *line, struct ether_addr *address, char *name) {
  const char *rest = parsed(line, address);
  if (!rest) return -1;
  rest += strspn(rest, " \t");
  size_t length = strcspn(rest, " \t\r\n#");
  if (length == 0) return -1;
  memcpy(name, rest, length);
  name[length] = '\0';
  return 0;
}

/* The next entry of /etc/ethers; -1 at its end. */
static int next(FILE *file, struct ether_addr *address, char *name) {
  char line[256];
  while (fgets(line, sizeof line, file)) {
    const char *start = line + strspn(line, " \t");
    if (ether_line(start, address, name) == 0) return 0;
  }
  return -1;
}

static int find(const char *name, const struct ether_addr *address, struct ether_addr *found, char *found_name) {
  FILE *file = fopen("/etc/ethers", "r");
  int more = -1;
  if (!file) return -1;
  while ((more = next(file, found, found_name)) == 0)
    if (name ? !strcasecmp(name, found_name) : !memcmp(found, address, sizeof *found)) break;
  fclose(file);
  return more;
}

int ether_ntohost(char *name, const struct ether_addr *address) {
  struct ether_addr found;
  char found_name[256];
  if (find(NULL, address, &found, found_name) < 0) return -1;
  strcpy(name, found_name);
  return 0;
}

int ether_hostton(const char *name, struct ether_addr *address) {
  struct ether_addr found;
  char found_name[256];
  if (find(name, NULL, &found, found_name) < 0) return -1;
  *address = found;
  return 0;
}
