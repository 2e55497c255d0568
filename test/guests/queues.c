/* <sys/queue.h>: each kind of list, with elements put in and taken out at every end. */
#include <stdio.h>
#include <sys/queue.h>

struct item {
  char name;
  SLIST_ENTRY(item) s;
  LIST_ENTRY(item) l;
  STAILQ_ENTRY(item) st;
  SIMPLEQ_ENTRY(item) si;
  TAILQ_ENTRY(item) t;
};

SLIST_HEAD(singles, item);
LIST_HEAD(doubles, item);
STAILQ_HEAD(queue, item);
SIMPLEQ_HEAD(simple, item);
TAILQ_HEAD(tail, item);

static struct item items[5] = {{.name = 'a'}, {.name = 'b'}, {.name = 'c'}, {.name = 'd'}, {.name = 'e'}};
static struct item *a = items, *b = items + 1, *c = items + 2, *d = items + 3, *e = items + 4;

#define PRINT(what, foreach)          \
  do {                                \
    struct item *item;                \
    printf("%s: ", what);             \
    foreach putchar(item->name);      \
    putchar('\n');                    \
  } while (0)

static void singles(void) {
  struct singles head = SLIST_HEAD_INITIALIZER(head);
  printf("SLIST is empty: %d\n", SLIST_EMPTY(&head));
  SLIST_INSERT_HEAD(&head, b, s);
  SLIST_INSERT_HEAD(&head, a, s);
  SLIST_INSERT_AFTER(b, d, s);
  SLIST_INSERT_AFTER(b, c, s);
  PRINT("SLIST", SLIST_FOREACH(item, &head, s));
  SLIST_REMOVE(&head, c, item, s);
  SLIST_REMOVE(&head, a, item, s);
  PRINT("SLIST without a and c", SLIST_FOREACH(item, &head, s));
  SLIST_REMOVE_HEAD(&head, s);
  PRINT("SLIST without its head", SLIST_FOREACH(item, &head, s));
  SLIST_INIT(&head);
  PRINT("SLIST anew", SLIST_FOREACH(item, &head, s));
}

static void doubles(void) {
  struct doubles head;
  LIST_INIT(&head);
  LIST_INSERT_HEAD(&head, c, l);
  LIST_INSERT_BEFORE(c, a, l);
  LIST_INSERT_AFTER(a, b, l);
  LIST_INSERT_AFTER(c, e, l);
  LIST_INSERT_BEFORE(e, d, l);
  PRINT("LIST", LIST_FOREACH(item, &head, l));
  LIST_REMOVE(a, l);
  LIST_REMOVE(c, l);
  LIST_REMOVE(e, l);
  PRINT("LIST without a, c and e", LIST_FOREACH(item, &head, l));
  LIST_REMOVE(b, l);
  LIST_REMOVE(d, l);
  printf("LIST is empty: %d\n", LIST_EMPTY(&head));
}

static void queues(void) {
  struct queue one = STAILQ_HEAD_INITIALIZER(one), two;
  STAILQ_INIT(&two);
  STAILQ_INSERT_TAIL(&one, b, st);
  STAILQ_INSERT_HEAD(&one, a, st);
  STAILQ_INSERT_AFTER(&one, b, c, st);
  STAILQ_INSERT_HEAD(&two, d, st);
  STAILQ_INSERT_TAIL(&two, e, st);
  STAILQ_CONCAT(&one, &two);
  PRINT("STAILQ", STAILQ_FOREACH(item, &one, st));
  PRINT("STAILQ that was moved", STAILQ_FOREACH(item, &two, st));
  STAILQ_REMOVE(&one, e, item, st);
  STAILQ_REMOVE(&one, b, item, st);
  STAILQ_REMOVE_HEAD(&one, st);
  STAILQ_INSERT_TAIL(&one, a, st);
  PRINT("STAILQ changed", STAILQ_FOREACH(item, &one, st));
}

static void simple(void) {
  struct simple head = SIMPLEQ_HEAD_INITIALIZER(head);
  SIMPLEQ_INSERT_HEAD(&head, b, si);
  SIMPLEQ_INSERT_HEAD(&head, a, si);
  SIMPLEQ_INSERT_TAIL(&head, c, si);
  PRINT("SIMPLEQ", SIMPLEQ_FOREACH(item, &head, si));
  SIMPLEQ_REMOVE_HEAD(&head, si);
  SIMPLEQ_REMOVE_HEAD(&head, si);
  SIMPLEQ_REMOVE_HEAD(&head, si);
  SIMPLEQ_INSERT_TAIL(&head, d, si);
  PRINT("SIMPLEQ after it was empty", SIMPLEQ_FOREACH(item, &head, si));
}

static void tails(void) {
  struct tail one = TAILQ_HEAD_INITIALIZER(one), two;
  TAILQ_INIT(&two);
  printf("TAILQ is empty: %d\n", TAILQ_EMPTY(&one));
  TAILQ_INSERT_HEAD(&one, c, t);
  TAILQ_INSERT_BEFORE(c, a, t);
  TAILQ_INSERT_AFTER(&one, a, b, t);
  TAILQ_INSERT_TAIL(&two, e, t);
  TAILQ_INSERT_HEAD(&two, d, t);
  TAILQ_CONCAT(&one, &two, t);
  PRINT("TAILQ", TAILQ_FOREACH(item, &one, t));
  PRINT("TAILQ from its end", TAILQ_FOREACH_REVERSE(item, &one, tail, t));
  printf("before d: %c, last: %c\n", TAILQ_PREV(d, tail, t)->name, TAILQ_LAST(&one, tail)->name);
  TAILQ_REMOVE(&one, e, t);
  TAILQ_REMOVE(&one, a, t);
  TAILQ_REMOVE(&one, c, t);
  TAILQ_INSERT_TAIL(&one, a, t);
  PRINT("TAILQ changed", TAILQ_FOREACH(item, &one, t));
  PRINT("TAILQ that was moved", TAILQ_FOREACH(item, &two, t));
}

int main(void) {
  singles();
  doubles();
  queues();
  simple();
  tails();
  return 0;
}
