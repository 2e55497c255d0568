/* There are names and addresses (getaddrinfo), and no other records: the host's resolver answers in no other form. */
#include <netdb.h>
#include <resolv.h>

struct __res_state _res;

int res_init(void) {
  _res = (struct __res_state){
      .retrans = RES_TIMEOUT, .retry = RES_DFLRETRY, .options = RES_DEFAULT | RES_INIT, .ndots = 1};
  return 0;
}

int res_query(const char *name, int class, int type, unsigned char *answer, int size) {
  (void)name, (void)class, (void)type, (void)answer, (void)size;
  h_errno = NO_RECOVERY;
  return -1;
}

int res_search(const char *name, int class, int type, unsigned char *answer, int size) {
  return res_query(name, class, type, answer, size);
}

int res_querydomain(const char *name, const char *domain, int class, int type, unsigned char *answer, int size) {
  (void)domain;
  return res_query(name, class, type, answer, size);
}
