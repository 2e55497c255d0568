#include "base64.h"

#include <stdlib.h>
#include <string.h>

unsigned char *__posix_from_base64(const char *text, size_t *size) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char *bytes = malloc(strlen(text) / 4 * 3 + 3);
  unsigned value = 0;
  int bits = 0;
  *size = 0;
  for (const char *letter; bytes && *text && (letter = strchr(letters, *text)); text++) {
    value = value << 6 | (unsigned)(letter - letters);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[(*size)++] = (unsigned char)(value >> bits);
  }
  return bytes;
}
