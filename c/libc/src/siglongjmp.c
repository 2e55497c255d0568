/* The signal mask that sigsetjmp keeps beside the registers. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

struct __jmp_buf_tag *__sigjmp_prepare(struct __jmp_buf_tag *buffer, int save) {
  sigset_t mask;
  buffer->__fl = (unsigned long)(save != 0);
  if (save) {
    sigprocmask(SIG_SETMASK, NULL, &mask);
    memcpy(buffer->__ss, &mask, sizeof mask);
  }
  return buffer;
}

_Noreturn void siglongjmp(sigjmp_buf buffer, int value) {
  sigset_t mask;
  if (buffer->__fl) {
    memcpy(&mask, buffer->__ss, sizeof mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
  }
  longjmp(buffer, value);
}
