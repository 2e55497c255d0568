#ifndef POSIX_WASM_BASE64_H
#define POSIX_WASM_BASE64_H

#include <stddef.h>

/* The bytes that a text stands for, to be freed; NULL for want of memory. What is no base64 ends it. */
unsigned char *__posix_from_base64(const char *text, size_t *size);

#endif
