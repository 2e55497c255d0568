/* The sysroot's libc++ is built without exceptions: a C++ program that throws one ends, and says why. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__cxa_allocate_exception(size_t size) { return malloc(size); }

void __cxa_free_exception(void *exception) { free(exception); }

_Noreturn void __cxa_throw(void *exception, void *type, void (*destroy)(void *)) {
  (void)exception, (void)type, (void)destroy;
  fputs("terminate called: an exception was thrown, and this C++ library has none\n", stderr);
  abort();
}

_Noreturn void __cxa_rethrow(void) { __cxa_throw(NULL, NULL, NULL); }

void *__cxa_begin_catch(void *exception) { return exception; }

void __cxa_end_catch(void) {}
