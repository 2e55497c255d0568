/* <resolv.h>: what res_init sets whatever the machine's configuration is. Only the defaults that no file changes. */
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>

int main(void) {
  printf("res_init: %d\n", res_init());
  printf("initialised: %s\n", _res.options & RES_INIT ? "yes" : "no");
  printf("recursive: %s\n", _res.options & RES_RECURSE ? "yes" : "no");
  printf("servers fit: %s\n", _res.nscount >= 0 && _res.nscount <= MAXNS ? "yes" : "no");
  unsigned char answer[512];
  const char *label_too_long = "a123456789b123456789c123456789d123456789e123456789f123456789g123456789.invalid";
  printf("a label of 70 bytes: %d\n", res_query(label_too_long, ns_c_in, ns_t_a, answer, sizeof answer));
  return 0;
}
